"""Turns the script of a radio episode into an MP3 spoken by several synthetic voices, and prints its chapters' starts.

Usage: python scripts/make_episode_audio.py SCRIPT.txt OUT.mp3

Lines of the script (empty lines and lines that start with # are left out):

    titre: Les mains du papier         the title written into the file's ID3 tag
    jingle:                            three notes (once at the start, once at the end is enough)
    chapitre: Devant le mur            a chapter starts here
    voix1: Vous écoutez Radio Agora.   voix1 … voix6 speak (see VOICES)
    pause: 0.8                         seconds of silence

Needs espeak-ng, sox and lame (Debian packages of the same names).
"""

from __future__ import annotations

import array
import shutil
import subprocess
import sys
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path

RATE = 22_050
BREATH = 0.35  # seconds of silence after each spoken line
TOOLS = ("espeak-ng", "sox", "lame")


@dataclass(frozen=True, slots=True)
class Voice:
    """A speaker: espeak-ng's voice and variant, pitch (0 to 99) and words a minute."""

    name: str
    pitch: int
    speed: int


VOICES = {
    "voix1": Voice("fr-fr+f2", 48, 158),  # presenter, a woman
    "voix2": Voice("fr-fr+m3", 36, 148),  # a man
    "voix3": Voice("fr-be+f5", 58, 152),  # a second woman
    "voix4": Voice("fr-ch+m7", 22, 136),  # an older man, slower
    "voix5": Voice("fr-fr+f4", 86, 162),  # a child
    "voix6": Voice("fr-fr+m1", 52, 160),  # a young man
}


class ScriptError(Exception):
    """A line of the script that cannot be read, said in French."""


def read_script(text: str) -> list[tuple[str, str]]:
    """Split a script into (word, value) pairs and refuse what it cannot say."""
    lines: list[tuple[str, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        word, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or word not in {"titre", "jingle", "chapitre", "pause", *VOICES}:
            known = ", ".join(VOICES)
            raise ScriptError(f"ligne {number} : attendu titre, jingle, chapitre, pause ou {known} : {line!r}")
        if word == "pause":
            value = _pause(value, number)
        elif word != "jingle" and not value:
            raise ScriptError(f"ligne {number} : il n’y a rien après « {word}: »")
        lines.append((word, value))
    return lines


def record(lines: list[tuple[str, str]], folder: Path) -> tuple[array.array[int], list[tuple[int, str]]]:
    """Speak the lines one after another; give the samples and the (second, title) of each chapter."""
    samples = array.array("h")
    chapters: list[tuple[int, str]] = []
    for word, value in lines:
        if word == "chapitre":
            chapters.append((len(samples) // RATE, value))
        elif word == "pause":
            samples.extend(_silence(float(value)))
        elif word == "jingle":
            samples.extend(_jingle(folder / "jingle.wav"))
        elif word in VOICES:
            samples.extend(_speech(VOICES[word], value, folder / "line.wav"))
            samples.extend(_silence(BREATH))
    return samples, chapters


def encode(samples: array.array[int], title: str, folder: Path, target: Path) -> None:
    """Soften and level the recording, then write it as mono MP3 at 48 kbit/s with its title."""
    raw, mastered = folder / "raw.wav", folder / "mastered.wav"
    with wave.open(str(raw), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    _run("sox", "-R", raw, mastered, "highpass", "80", "treble", "-4", "reverb", "12", "50", "30", "gain", "-n", "-3")
    tags = ("--id3v2-only", "--tt", title, "--ta", "Radio Agora", "--tl", "Radio Agora")
    _run("lame", "--quiet", "-m", "m", "--cbr", "-b", "48", *tags, mastered, target)


def main(arguments: list[str]) -> int:
    """Make one episode."""
    if len(arguments) != 2:  # noqa: PLR2004
        print("Usage : python scripts/make_episode_audio.py SCRIPT.txt SORTIE.mp3", file=sys.stderr)
        return 2
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        print(f"Il manque : {', '.join(missing)} (sudo apt-get install {' '.join(missing)})", file=sys.stderr)
        return 1
    script, target = Path(arguments[0]), Path(arguments[1])
    try:
        lines = read_script(script.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ScriptError) as error:
        print(f"{script} : {error}", file=sys.stderr)
        return 1
    title = next((value for word, value in lines if word == "titre"), target.stem)
    with tempfile.TemporaryDirectory() as folder:
        samples, chapters = record(lines, Path(folder))
        encode(samples, title, Path(folder), target)
    _report(chapters, len(samples) / RATE, target)
    return 0


def _report(chapters: list[tuple[int, str]], seconds: float, target: Path) -> None:
    if chapters:
        print("chapters:")
    for start, title in chapters:
        quoted = title.replace("\\", "\\\\").replace('"', '\\"')
        print(f'  - {{start: "{start // 60}:{start % 60:02}", title: "{quoted}"}}')
    print(f"# {target.name} : durée {int(seconds) // 60}:{int(seconds) % 60:02}, {target.stat().st_size} octets")


def _pause(value: str, number: int) -> str:
    try:
        seconds = float(value.replace(",", "."))
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= 10:  # noqa: PLR2004
        raise ScriptError(f"ligne {number} : une pause va de 0 à 10 secondes, comme 0.8 : {value!r}")
    return str(seconds)


def _silence(seconds: float) -> array.array[int]:
    return array.array("h", bytes(2 * round(seconds * RATE)))


def _speech(voice: Voice, text: str, path: Path) -> array.array[int]:
    _run("espeak-ng", "-v", voice.name, "-p", voice.pitch, "-s", voice.speed, "-a", 120, "-w", path, "--", text)
    return _samples(path)


def _jingle(path: Path) -> array.array[int]:
    chord = ("pluck", "D4", "pluck", "A4", "pluck", "F#5")
    effects = ("delay", "0", "0.22", "0.44", "remix", "-", "fade", "0", "1.9", "0.9", "gain", "-n", "-9")
    _run("sox", "-R", "-n", "-r", RATE, "-b", 16, path, "synth", "1.9", *chord, *effects)
    return _samples(path)


def _samples(path: Path) -> array.array[int]:
    with wave.open(str(path), "rb") as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            raise ScriptError(f"son inattendu dans {path.name}")
        return array.array("h", file.readframes(file.getnframes()))


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
