"""What is stored beside the account and has a line in it, for `ozlijn ledger verify`. Reads only.

Everything comes back as it stands, whatever somebody made of it: nothing here opens or parses a record. Each
query sees whole commits only, also beside a running gateway.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from adapters.ledger.whole import Stored

_FIND: Final = {
    "feit": "SELECT id FROM fact WHERE id IN (SELECT value FROM json_each(?))",
    "uitwisseling": "SELECT id FROM uitwisseling WHERE id IN (SELECT value FROM json_each(?))",
    "levering": "SELECT id FROM levering WHERE id IN (SELECT value FROM json_each(?))",
    "intrekking": "SELECT id FROM taak WHERE id IN (SELECT value FROM json_each(?))",
    "leerlingRef": "SELECT ref FROM koppeling WHERE ref IN (SELECT value FROM json_each(?))",
}

_FACTS: Final = "SELECT n, id, leaf, NULL FROM fact WHERE leaf IS NOT NULL AND n > ? ORDER BY n LIMIT ?"
_UITWISSELINGEN: Final = "SELECT id, id, leaves, json FROM uitwisseling WHERE id > ? ORDER BY id LIMIT ?"
_LEVERINGEN: Final = (
    "SELECT l.n, l.id, u.leaves, NULL FROM levering l LEFT JOIN uitwisseling u ON u.id = l.uitwisseling"
    " WHERE l.n > ? ORDER BY l.n LIMIT ?"
)
_LINES: Final = (
    "SELECT id, position, canonical, leaf_hash FROM entry WHERE id IN (SELECT value FROM json_each(?))"
)
_NOTICES: Final = "SELECT id FROM taak WHERE sleutel >= 'intrekking:' AND sleutel < 'intrekking;'"
_PAGE: Final = 1_000


class Records:
    """Fits adapters/ledger/whole.py `Records`, from one connection."""

    def __init__(self, query: Callable[[str, Sequence[object]], list[Any]]) -> None:
        self._query = query

    def known(self, kind: str, ids: Iterable[str]) -> set[str]:
        wanted = json.dumps(sorted(ids))
        return {str(found) for (found,) in self._query(_FIND[kind], (wanted,))}

    def notices(self) -> set[str]:
        return {str(found) for (found,) in self._query(_NOTICES, ())}

    def unplaced(self) -> set[str]:
        return {str(found) for (found,) in self._query("SELECT id FROM fact WHERE leaf IS NULL", ())}

    def placed(self) -> Iterable[Stored]:
        yield from self._pages("feit", _FACTS, -1)
        yield from self._pages("uitwisseling", _UITWISSELINGEN, "")
        yield from self._pages("levering", _LEVERINGEN, -1)

    def _pages(self, kind: str, query: str, after: object) -> Iterator[Stored]:
        """The records first and their lines after: a commit writes both, and a line never goes."""
        while rows := self._query(query, (after, _PAGE)):
            ids = {ident: str(leaves or "").split() for _, ident, leaves, _ in rows}
            named = json.dumps(sorted({leaf for leaves in ids.values() for leaf in leaves}))
            lines = {str(line[0]): line for line in self._query(_LINES, (named,))}
            for _, ident, _, model in rows:
                line = _line(kind, str(ident), [lines.get(leaf) for leaf in ids[ident]])
                _, position, canonical, leaf_hash = line or (None, None, None, None)
                yield Stored(kind, str(ident), position, canonical, leaf_hash, model)
            after = rows[-1][0]


def _line(kind: str, ident: str, lines: Sequence[Any]) -> Any:
    """Of the lines of the change that made a record the one about it, or None.

    An uitwisseling has the first of them; its leveringen share the others, of which each names its own.
    """
    if kind == "levering":
        lines = [line for line in lines[1:] if line is not None and ident.encode() in _bytes(line[2])]
    return lines[0] if lines else None


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
