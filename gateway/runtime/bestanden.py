"""Files of any standard, on this computer and without a gateway: which there are, and what is wrong with
them.

They are read in the order of their paths, so that messages that follow each other (a start, then its stop)
come in that order when their names sort so.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from gateway.runtime.lezen import read_file
from gateway.runtime.tonen import shown
from schemas.errors import Fault, WrongUse, why
from schemas.messages.vertaling import Bevinding, Gelezen, Geschreven, Weglating

MAX_BYTES: Final = 25 * 1024 * 1024
"""The largest message of any standard we read (iJw). One byte more is read, so that an adapter can refuse
it.
"""
MAX_FILES: Final = 100_000
STDIN: Final = Path("-")

Ernst = Literal["fout", "waarschuwing"]


@dataclass(frozen=True, slots=True)
class Bestandsbevinding:
    """One finding in one file. With a `fout` the message is refused; with a `waarschuwing` it is read without
    that part.
    """

    bestand: str
    standaard: str
    ernst: Ernst
    code: str
    plaats: str
    regel: int | None
    tekst: str

    def members(self) -> dict[str, Any]:
        told = {
            "bestand": shown(self.bestand),
            "standaard": self.standaard,
            "ernst": self.ernst,
            "code": self.code,
            "plaats": self.plaats,
            "tekst": self.tekst,
        }
        return told if self.regel is None else {**told, "regel": self.regel}

    def line(self) -> str:
        where = shown(self.bestand if self.regel is None else f"{self.bestand}:{self.regel}")
        return f"{where}: {self.ernst}: {self.plaats or '/'}: {self.tekst} [{self.code}]"


def listed(paths: Iterable[Path]) -> list[Path]:
    """The files below `paths`, each once. A folder is read in full, without hidden files and links to
    elsewhere.

    Raises WrongUse for a path that is not there and for more than MAX_FILES.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path == STDIN or path.is_file():
            found[path] = None
        elif path.is_dir():
            for folder, folders, names in os.walk(path):
                folders[:] = sorted(f for f in folders if not f.startswith("."))
                for name in sorted(names):
                    each = Path(folder) / name
                    if not name.startswith(".") and not each.is_symlink() and each.is_file():
                        found[each] = None
                if len(found) > MAX_FILES:
                    raise WrongUse(f"{shown(path)} heeft meer dan {MAX_FILES} bestanden")
        elif path.exists():
            raise WrongUse(f"{shown(path)} is geen gewoon bestand; gebruik - voor de standaardinvoer")
        else:
            raise WrongUse(f"{shown(path)} bestaat niet")
    if not found:
        raise WrongUse("hier staan geen bestanden")
    return list(found)


def contents(path: Path) -> bytes:
    """The bytes of a file. Raises WrongUse when it cannot be read."""
    try:
        if path == STDIN:
            return sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:
        raise WrongUse(f"de standaardinvoer is niet te lezen: {why(error)}") from error
    return read_file(path, MAX_BYTES)


def unforeseen() -> Gelezen:
    """The finding for a file on which our own code failed, so that the others go on.

    The error itself is not shown, because it may quote the file.
    """
    text = (
        "Dit bestand is niet te verwerken. Dat ligt aan OZlijn: meld het, zonder het bestand mee te sturen."
    )
    return Gelezen("onbekend", None, (Fault("onvoorzien", "/", text),), ())


def findings(bestand: str, gelezen: Gelezen | Geschreven) -> tuple[Bestandsbevinding, ...]:
    """Faults first, each group in the order of the document."""
    rows: list[tuple[Ernst, Fault | Bevinding]] = [("fout", f) for f in gelezen.fouten]
    rows += [("waarschuwing", b) for b in gelezen.bevindingen]
    return tuple(
        Bestandsbevinding(bestand, gelezen.standaard, ernst, f.code, f.place, f.line, f.text)
        for ernst, f in rows
    )


def left_out(rows: Iterable[Weglating]) -> list[dict[str, Any]]:
    """What of the source is not in the message, as JSON: path and reason, and never a value."""
    return [
        {
            "pad": row.pad,
            "reden": row.reden,
            "tekst": row.tekst,
            **({} if row.regel is None else {"regel": row.regel}),
            **({} if row.aantal == 1 else {"aantal": row.aantal}),
        }
        for row in rows
    ]


def targets(files: list[Path], folder: Path, ending: str, *, overwrite: bool) -> dict[Path, Path]:
    """Where each file's translation goes: its own name in `folder`, made unique by its own folders.

    Raises WrongUse when one is there already, before anything is written.
    """
    if any(path == STDIN for path in files):
        raise WrongUse("--uit kan niet met de standaardinvoer: geef een bestand")
    top = Path(os.path.commonpath([path.resolve().parent for path in files]))
    found = {path: folder / path.resolve().relative_to(top).with_name(path.name + ending) for path in files}
    if not overwrite and (there := next((t for t in found.values() if t.exists()), None)) is not None:
        raise WrongUse(f"{shown(there)} bestaat al; met --overschrijf wordt het vervangen")
    return found


def put(target: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a file whole or not at all, by default for the owner alone, because it holds data of people.
    Raises WrongUse.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".ozlijn-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WrongUse(f"{shown(target)} is niet te schrijven: {why(error)}") from error
