"""Files that somebody made to exhaust who reads them. Each is small to write down and large to read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

MB: Final = 1024 * 1024
OPEN: Final[dict[str, tuple[str, str]]] = {
    "oso": ('<dossier xmlns="http://www.edustandaard.nl/oso_gegevensset/2019/dossier">', "</dossier>"),
    "edexml": ("<EDEX><school>", "</school></EDEX>"),
    "ijw": (
        '<m:Bericht xmlns:m="http://www.istandaarden.nl/ijw/3_2/jw315/schema"><m:Header>',
        "</m:Header></m:Bericht>",
    ),
    "soap": (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>',
        "</s:Header><s:Body/></s:Envelope>",
    ),
    "stranger": ("<a>", "</a>"),
}
"""How a document of each standard begins and ends; `soap` is known only once its body is reached."""


def repeated(piece: str, size: int) -> str:
    return piece * (size // len(piece))


def numbered(piece: str, size: int) -> str:
    return "".join(piece.replace("{}", str(i)) for i in range(size // (len(piece) + 4)))


INSIDE: Final[dict[str, Callable[[int], str]]] = {
    "tiny elements": lambda size: repeated("<a/>", size),
    "names that differ": lambda size: numbered("<e{}/>", size),
    "comments": lambda size: repeated("<!---->", size),
    "instructions": lambda size: repeated("<?a?>", size),
    "cdata": lambda size: repeated("<![CDATA[]]>", size),
    "deep": lambda size: repeated("<a>", size // 2) + repeated("</a>", size // 2),
    "one text": lambda size: "x" * size,
    "references": lambda size: repeated("&#65;", size),
    "white space": lambda size: "\n" * size,
    "attributes": lambda size: "<a " + numbered('b{}="" ', size) + "/>",
    "an attribute": lambda size: '<a b="' + "x" * size + '"/>',
    "namespaces": lambda size: "<a " + numbered('xmlns:b{}="u{}" ', size) + "/>",
    "namespaces on each": lambda size: numbered('<a xmlns="u{}"/>', size),
    "attributes on each": lambda size: repeated('<a b="" c="" d=""/>', size),
}
DOCTYPE: Final = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">'
    + "".join(f'<!ENTITY d{i} "{"&c;" * 10 if i == 0 else f"&d{i - 1};" * 10}">' for i in range(12))
    + "]><a>&d11;</a>"
)


def xml(root: str, inside: str, size: int) -> bytes:
    first, last = OPEN[root]
    return f'<?xml version="1.0" encoding="UTF-8"?>{first}{INSIDE[inside](size)}{last}'.encode()


OTHERS: Final[dict[str, Callable[[int], bytes]]] = {
    "entities.xml": lambda size: DOCTYPE.encode(),
    "utf16.xml": lambda size: f"<a>{repeated('<b/>', size // 2)}</a>".encode("utf-16"),
    "deep.json": lambda size: b'{"soort": "hulpvraag", "inhoud": ' + b'{"a":' * (size // 5),
    "lists.json": lambda size: b'{"soort": "hulpvraag", "inhoud": ' + b"[" * size,
    "objects.json": lambda size: b'{"soort": "hulpvraag", "inhoud": [' + b"{}," * (size // 3 - 1) + b"{}]}",
    "keys.json": lambda size: (
        b'{"soort": "hulpvraag", "inhoud": {' + numbered('"k{}":1,', size).encode() + b'"z":1}}'
    ),
    "numbers.json": lambda size: b'{"soort": "hulpvraag", "inhoud": [' + b"1," * (size // 2 - 1) + b"1]}",
    "text.json": lambda size: b'{"soort": "hulpvraag", "inhoud": "' + b"x" * size + b'"}',
    "field.csv": lambda size: b"Nr;Naam\n1;" + b"x" * size + b"\n",
    "quoted.csv": lambda size: b'Nr;Naam\n1;"' + b'""' * (size // 2) + b'"\n',
    "columns.csv": lambda size: b";" * size + b"\n",
    "rows.csv": lambda size: b"Nr;Naam\n" + b";\n" * (size // 2),
    "open.csv": lambda size: b'Nr;Naam\n1;"' + b"a\n" * (size // 2),
    "nothing": bytes,
    "gzip.xml": lambda size: b"\x1f\x8b\x08" + bytes(size),
    "archive.zip": lambda size: b"PK\x03\x04" + bytes(size),
}


class Spent(NamedTuple):
    code: int
    peak: int
    """The most memory that it had at once, in MB, as the kernel counted it (ru_maxrss)."""
    out: bytes
    err: bytes


_LAUNCHER: Final = """
import os, resource, subprocess, sys
done = subprocess.run(sys.argv[3:], stdin=subprocess.DEVNULL, stdout=open(sys.argv[1], "wb"),
                      stderr=open(sys.argv[2], "wb"))
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def spent(command: list[str], folder: Path) -> Spent:
    """Run a process to its end. What it says goes into files, for a pipe that nobody reads would stop it.

    A small process starts it: the kernel counts what the starter has in memory as the child's own, until the
    child has a program of its own.
    """
    out, err = folder / "out", folder / "err"
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(out), str(err), *command]
    told = subprocess.run(launcher, capture_output=True, check=True, stdin=subprocess.DEVNULL)
    code, peak = map(int, told.stdout.split())
    return Spent(code, peak // (MB if sys.platform == "darwin" else 1024), out.read_bytes(), err.read_bytes())
