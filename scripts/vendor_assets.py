"""Copy from node_modules, unmodified, the browser files that the base theme serves.

Only what a page asks for, and the licences; the theme never loads anything from another host.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "themes" / "agora" / "static" / "vendor"
FONTS = ROOT / "themes" / "agora" / "fonts"  # for drawings made at build: pages never ask for them
EDITOR = ROOT / "agora_build" / "serving" / "assets" / "decap"  # outside of the theme: no site ever has it

# Vendored path -> path in node_modules.
# TimelineJS wants js/ and css/ side by side: its CSS says ../js/../css/icons.
FILES = {
    **{
        f"timelinejs/{name}": f"@knight-lab/timelinejs/dist/{name}"
        for name in (
            "js/timeline.js",
            "js/timeline.js.LICENSE.txt",
            "js/locale/ar.json",
            "js/locale/en.json",
            "js/locale/fr.json",
            "css/timeline.css",
            "css/icons/tl-icons.eot",
            "css/icons/tl-icons.svg",
            "css/icons/tl-icons.ttf",
            "css/icons/tl-icons.woff",
            "css/icons/tl-icons.woff2",
        )
    },
    "timelinejs/LICENSE": "@knight-lab/timelinejs/LICENSE",
    **{
        f"leaflet/{name}": f"leaflet/dist/{name}"
        for name in (
            "leaflet.js",
            "leaflet.css",
            "images/layers.png",
            "images/layers-2x.png",
            "images/marker-icon.png",
            "images/marker-icon-2x.png",
            "images/marker-shadow.png",
        )
    },
    "leaflet/LICENSE": "leaflet/LICENSE",
    "altcha/altcha.js": "altcha/dist/external/altcha.min.js",
    "altcha/altcha.css": "altcha/dist/external/altcha.css",
    "altcha/pbkdf2.js": "altcha/dist/workers/pbkdf2.js",
    "altcha/fr.js": "altcha/dist/i18n/fr-fr.js",
    "altcha/ar.js": "altcha/dist/i18n/ar.js",
    "altcha/LICENSE": "altcha/LICENSE.txt",
    **{
        f"bricolage/{Path(name).name}": f"@fontsource-variable/bricolage-grotesque/{name}"
        for name in (
            "files/bricolage-grotesque-latin-wght-normal.woff2",
            "files/bricolage-grotesque-latin-ext-wght-normal.woff2",
            "LICENSE",
        )
    },
}


DRAWN = {
    **{
        f"bricolage-grotesque-{part}-{weight}-normal.woff": (
            f"@fontsource/bricolage-grotesque/files/bricolage-grotesque-{part}-{weight}-normal.woff"
        )
        for part in ("latin", "latin-ext")
        for weight in (500, 700)
    },
    "noto-sans-arabic-arabic-700-normal.woff": (
        "@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-700-normal.woff"
    ),
    **{  # each letter is one drawing: a PDF can tell which
        f"print/ibm-plex-sans-arabic-arabic-{weight}-normal.woff": (
            f"@fontsource/ibm-plex-sans-arabic/files/ibm-plex-sans-arabic-arabic-{weight}-normal.woff"
        )
        for weight in (400, 700)
    },
    "LICENSE-bricolage-grotesque": "@fontsource/bricolage-grotesque/LICENSE",
    "LICENSE-noto-sans-arabic": "@fontsource/noto-sans-arabic/LICENSE",
    "print/LICENSE-ibm-plex-sans-arabic": "@fontsource/ibm-plex-sans-arabic/LICENSE",
}
# One file of 5 MB, made of hundreds of packages: package-lock.json lists none of them, for nothing of them is read.
EDITED = {
    "decap-cms.js": "decap-cms/dist/decap-cms.js",
    "decap-cms.js.LICENSE.txt": "decap-cms/dist/decap-cms.js.LICENSE.txt",
}
COPIES = {VENDOR / name: source for name, source in FILES.items()} | {
    FONTS / name: source for name, source in DRAWN.items()
}
COPIES |= {EDITOR / name: source for name, source in EDITED.items()}


def main() -> int:
    """Bring the vendored files up to date; say what changed, or what cannot be found."""
    absent = [source for source in COPIES.values() if not (MODULES / source).is_file()]
    if absent:
        print("Fichiers absents de node_modules :", *absent, sep="\n  ", file=sys.stderr)
        print("Lancez « make vendor », qui installe les paquets avant de les copier.", file=sys.stderr)
        return 1
    changed = [target for target, source in COPIES.items() if _copy(MODULES / source, target)]
    removed = _remove_leftovers()
    if changed or removed:
        print(f"Fichiers du navigateur : {len(changed)} copiés, {len(removed)} retirés.")
    return 0


def missing_files() -> list[str]:
    """List the vendored files that are not there."""
    return [str(path.relative_to(ROOT)) for path in COPIES if not path.is_file()]


def _copy(source: Path, target: Path) -> bool:
    """Copy when the content differs; never leave half a file behind."""
    content = source.read_bytes()
    if target.is_file() and target.read_bytes() == content:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    partial.write_bytes(content)
    partial.replace(target)
    return True


def _remove_leftovers() -> list[Path]:
    """Remove what an earlier version of this list had copied."""
    found = [path for folder in (VENDOR, FONTS, EDITOR) for path in folder.rglob("*")]
    leftovers = [path for path in found if path.is_file() and path not in COPIES]
    for path in leftovers:
        path.unlink()
    return leftovers


if __name__ == "__main__":
    sys.exit(main())
