"""The committed copy of the published schemas.

`python -m tests.architecture.published` writes it anew; with `--release` it also writes what is promised from
then on, against which later documents are compared.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Final

from schemas.publication.compatibiliteit import promises
from schemas.publication.publicatie import UITGAVEN, publish

FOLDER: Final = Path(__file__).resolve().parents[2] / "schemas" / "jsonschema"
RELEASED: Final = FOLDER / "released.json"


def current() -> dict[str, dict[str, Any]]:
    """Path -> document, without the index."""
    return {name: json.loads(data) for name, data in publish().items() if name != "index.json"}


def write(*, release: bool) -> None:
    for old in FOLDER.glob("v*"):
        shutil.rmtree(old)
    for name, data in publish().items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if release:
        now = current()
        kept = {u.pad: {"versie": u.versie, "schema": promises(now[u.pad])} for u in UITGAVEN}
        lines = [f"{json.dumps(pad)}: {json.dumps(entry, sort_keys=True)}" for pad, entry in kept.items()]
        RELEASED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write(release="--release" in sys.argv[1:])
