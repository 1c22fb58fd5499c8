"""A register as files that came over a connection: each recognised by what is in it, and read as by `apply`.

What is wrong is told by the place in the files and never by what stands there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from consent.recht import Wet
from consent.vorm import parse_toml
from gateway.register.apply import read_register
from schemas.errors import Fault, InvalidMessage, WrongUse
from schemas.storage.storage import Register

SIGNATURE = ".jws"
"""The ending of the file with the signature under a convenant, beside it."""


@dataclass(frozen=True, slots=True)
class Aangeboden:
    """One file: its name, which only says which signature belongs to which convenant, and its bytes."""

    naam: str
    inhoud: bytes


def read_files(files: Sequence[Aangeboden], convenant_key: str | None) -> Register:
    """The whole register of these files. Reads and writes a folder of its own, so not on the serving loop.

    Raises InvalidMessage with all faults, each with the file as `/bestanden/N`.
    """
    if len({f.naam for f in files}) != len(files):
        raise InvalidMessage(
            (Fault("register.dubbel", "/bestanden", "Twee bestanden hebben dezelfde naam."),)
        )
    kinds = {i: _kind(i, f) for i, f in enumerate(files) if not f.naam.endswith(SIGNATURE)}
    with tempfile.TemporaryDirectory(prefix="ozlijn-register-") as folder:
        for file in files:
            (Path(folder) / file.naam).write_bytes(file.inhoud)
        of = {kind: [Path(folder) / files[i].naam for i, k in kinds.items() if k == kind] for kind in _KINDS}
        for kind in ("partijen", "recht", "regio"):
            if len(of[kind]) > 1:
                text = f"Geef één bestand met {kind}."
                raise InvalidMessage((Fault("register.dubbel", "/bestanden", text),))
        if not of["partijen"]:
            text = "Er is geen bestand met partijen bij."
            raise InvalidMessage((Fault("register.leeg", "/bestanden", text),))
        try:
            return read_register(
                of["partijen"][0],
                of["convenant"],
                convenant_key,
                next(iter(of["regio"]), None),
                next(iter(of["recht"]), None),
            )
        except InvalidMessage as error:
            at = {str(Path(folder) / f.naam): f"/bestanden/{i}" for i, f in enumerate(files)}
            raise InvalidMessage(tuple(replace(f, place=_place(f.place, at)) for f in error.faults)) from None
        except WrongUse:
            text = "Deze bestanden zijn niet te lezen als register. Kijk ze na met ozlijn apply --dry-run."
            raise InvalidMessage((Fault("register.onleesbaar", "/bestanden", text),)) from None


_KINDS: Final = ("partijen", "convenant", "recht", "regio")


def _place(place: str, at: Mapping[str, str]) -> str:
    found = max((path for path in at if place.startswith(path)), key=len, default=None)
    return place if found is None else at[found] + place.removeprefix(found)


def _kind(number: int, file: Aangeboden) -> str:
    """What a file is, as `apply` and `profile check` tell them apart."""
    try:
        data = parse_toml(file.inhoud.decode())
    except (InvalidMessage, UnicodeDecodeError):
        text = "Dit is geen geldige TOML."
        raise InvalidMessage((Fault("toml", f"/bestanden/{number}", text),)) from None
    if "partijen" in data:
        return "partijen"
    if "afspraken" in data or "geldigVan" in data:
        return "convenant"
    return "recht" if any(name in data for name in Wet.model_fields) else "regio"
