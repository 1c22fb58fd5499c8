"""A database of release 0.1.0 with its keys and anchor, put back into a folder (tests/data/release_0_1_0)."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final

from joserfc.jwk import ECKey

from tests.callers import Key
from tests.line import Line, open_line

RELEASE: Final = Path(__file__).parent / "data" / "release_0_1_0"


def restore(folder: Path) -> Path:
    """`ozlijn.db` and `keys/` (with the anchor in it) below `folder`; gives the path of the database."""
    path = folder / "ozlijn.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript((RELEASE / "ozlijn.sql").read_text(encoding="utf-8"))
    shutil.copytree(RELEASE / "keys", folder / "keys")
    shutil.copy(RELEASE / "anker", folder / "keys" / "anker")
    for file in (path, *(folder / "keys").iterdir()):
        file.chmod(0o600)  # a checkout may have made them readable for others, and then no gateway takes them
    return path


def client_keys() -> dict[str, Key]:
    """Of each partij the key that its client signs in with."""
    stored = json.loads((RELEASE / "clients.json").read_bytes())
    return {partij: ECKey.import_key(jwk) for partij, jwk in stored.items()}


@asynccontextmanager
async def restored_line(folder: Path, *, signs_in: bool = True, **settings: Any) -> AsyncIterator[Line]:
    """A gateway of today on what was restored in `folder`, its clock where that of the old one stopped."""
    async with open_line("sqlite", folder, keys=client_keys() if signs_in else {}, **settings) as line:
        line.later(minutes=17)
        yield line
