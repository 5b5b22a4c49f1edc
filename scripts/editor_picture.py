"""Take the picture of the staff editor that docs/ shows: the form of a meeting of the sample.

Usage: editor_picture.py     (it needs Chromium and the packages of the tests)
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs" / "images" / "guides" / "editeur.png"
SHOWN = "_agora/editor/campaign/la-boule/#/collections/la-boule-workshops/entries/reunion-publique-de-lancement"


def main() -> None:
    """Serve the editor of a clone of the sample, and take its picture, in sixty-four colours."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "--quiet", "--depth=1", ROOT.as_uri(), folder], check=True)
        for key, value in (("user.name", "Agent de la Ville"), ("user.email", "agent@ville.example")):
            subprocess.run(["git", "-C", folder, "config", key, value], check=True)
        command = [sys.executable, "-m", "agora_build", "serve", "--city", folder, "--editor", "--port", "0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as serving:
            said = next(line for line in serving.stderr or () if "editor" in line)
            take(re.findall(r"http://\S+?/", said)[0])
            serving.terminate()
    with Image.open(TARGET) as picture:
        few = picture.convert("RGB").quantize(64, dither=Image.Dither.NONE)
    few.save(TARGET, optimize=True)


def take(address: str) -> None:
    """Open the form, in French, and take what a desk shows of it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--lang=fr-FR"])
        page = browser.new_page(viewport={"width": 960, "height": 600}, locale="fr-FR")
        page.goto(address + SHOWN)
        page.get_by_label("Nom de la rencontre").wait_for()
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main()
