"""Whether everybody can read the texts of the pages: short sentences, and no words that nobody knows.

`python -m tests.teksten` goes through every template and every catalogue of the pages and tells what is
wrong. It cannot tell whether a text is clear; people must read it. It finds what is certainly not.
"""

from __future__ import annotations

import re
import statistics
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, Final

WEB: Final = Path(__file__).resolve().parent.parent / "gateway" / "web"
MOST: Final = 30
"""Words in one sentence."""
MEDIAN: Final = 20
FAMILY: Final = 12
"""The median of what ouders and leerlingen read."""
_FAMILY_PLACES: Final = ("mijn", "uitnodiging")

AVOID: Final = {
    "lease": "opgehaald; u kunt tekenen tot 14.00 uur",
    "checkpoint": "controlepunt",
    "ledger": "verantwoording",
    "hash": "kenmerk",
    "epoch": "(niets)",
    "payload": "wat meegaat",
    "idempotent": "dubbel verstuurd",
    "S2J": "van school naar jeugdhulp",
    "J2S": "van jeugdhulp naar school",
    "PERMIT": "alles mag",
    "PERMIT_REDUCED": "een deel mag",
    "HOLD": "wacht",
    "DENY": "gaat niet door",
    "ERROR": "het lukte niet",
    "avg_basis": "ja tegen delen",
    "secrecy_waiver": "de hulpverlener mag het vertellen",
    "break-glass": "delen zonder toestemming, na afweging",
    "withheld": "blijft thuis",
    "K6": "gezondheid, gevoelig",
    "niveau 3": "gevoelig",
    "tenant": "organisatie",
    "client": "systeem",
    "scope": "wat het mag",
    "helaas": "(niets)",
    "sorry": "(niets)",
    "u moet": "wat u kunt doen",
    "wij vragen uw medewerking": "(niets)",
    "geen zorgen": "(niets)",
}
"""Not this, but that (screens §4)."""
AVOID_FAMILY: Final = {
    "betrokkene": "u, of leerling",
    "verstrekken": "geven",
    "conform": "volgens",
    "weigeren": "nee zeggen",
}


@dataclass(frozen=True, slots=True)
class Zin:
    file: str
    text: str

    @property
    def words(self) -> int:
        return len(re.findall(r"[\w'’-]+", self.text))


def of_template(source: str) -> Iterator[str]:
    """The sentences that a template says. What is filled in is one word, an element ends a sentence."""
    text = re.sub(r"\{#.*?#\}", " ", source, flags=re.DOTALL)
    yield from _said_in_calls(text)
    text = re.sub(r"\{%.*?%\}", "\n", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", " iets ", text, flags=re.DOTALL)
    text = re.sub(r"</?(?:a|span|strong|em|b|i|code)\b[^>]*>", "", text)
    text = unescape(re.sub(r"<[^>]*>", "\n", text))
    for part in text.splitlines():
        yield from sentences(" ".join(part.split()))


def _said_in_calls(text: str) -> Iterator[str]:
    """Texts that are given to a macro: strings with a space in them, which are no class and no address."""
    for call in re.findall(r"\{[%{](.*?)[%}]\}", text, flags=re.DOTALL):
        for said in re.findall(r"'((?:[^'\\]|\\.)*)'", call):
            if " " in said.strip() and not re.search(r"[<>/=_]|utrecht|ozlijn", said):
                yield from sentences(said)


def of_catalogue(found: Any) -> Iterator[str]:
    """Every text in a TOML file, however deep."""
    match found:
        case str():
            yield from sentences(found)
        case list():
            for each in found:
                yield from of_catalogue(each)
        case dict():
            for each in found.values():
                yield from of_catalogue(each)
        case _:
            pass  # a number says nothing to read


def sentences(text: str) -> Iterator[str]:
    for each in re.split(r"(?<=[.?!:])\s+", text.strip()):
        if re.search(r"[a-z]{2}", each, re.IGNORECASE) and each.strip() != "iets":
            yield each.strip()


def everything(folder: Path = WEB) -> list[Zin]:
    """Every sentence of the pages, with the file it stands in."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.suffix == ".html":
            found += [Zin(name, s) for s in of_template(path.read_text(encoding="utf-8"))]
        elif path.suffix == ".toml":
            found += [Zin(name, s) for s in of_catalogue(tomllib.loads(path.read_text(encoding="utf-8")))]
    return found


def wrong(zinnen: list[Zin]) -> list[str]:
    """What is certainly not readable, one line each."""
    found = []
    places: dict[str, list[int]] = {}
    for zin in zinnen:
        family = _is_family(zin.file)
        places.setdefault(zin.file, []).append(zin.words)
        if zin.words > MOST:
            found.append(f"{zin.file}: {zin.words} woorden, hoogstens {MOST}: {zin.text}")
        avoid = AVOID | AVOID_FAMILY if family else AVOID
        found += [
            f"{zin.file}: niet '{word}' maar '{better}': {zin.text}"
            for word, better in avoid.items()
            if re.search(
                rf"(?<![\w-]){re.escape(word)}(?![\w-])", zin.text, 0 if word.isupper() else re.IGNORECASE
            )
        ]
    for file, counts in places.items():
        most = FAMILY if _is_family(file) else MEDIAN
        if statistics.median(counts) > most:
            found.append(f"{file}: de helft van de zinnen is langer dan {most} woorden")
    return found


def _is_family(file: str) -> bool:
    return any(f"/{place}" in f"/{file}" for place in _FAMILY_PLACES)


if __name__ == "__main__":
    lines = wrong(everything())
    told = "\n".join(lines) or f"{len(everything())} zinnen, niets te lang en geen woord te moeilijk"
    sys.stdout.write(f"{told}\n")
    sys.exit(bool(lines))
