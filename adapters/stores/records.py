"""What is stored beside the account and has a line in it, for `ozlijn ledger verify`. Reads only.

Everything comes back as it stands, whatever somebody made of it: nothing here opens or parses a record. Each
query sees whole commits only, also beside a running gateway.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from adapters.ledger.whole import Stored

_FIND: Final = {
    "feit": "SELECT id FROM fact WHERE id IN (@ids)",
    "uitwisseling": "SELECT id FROM uitwisseling WHERE id IN (@ids)",
    "levering": "SELECT id FROM levering WHERE id IN (@ids)",
    "intrekking": "SELECT id FROM taak WHERE id IN (@ids)",
    "leerlingRef": "SELECT ref FROM koppeling WHERE ref IN (@ids)",
}
_FACTS: Final = "SELECT n, id, leaf, NULL FROM fact WHERE leaf IS NOT NULL AND n > @ ORDER BY n LIMIT @"
_UITWISSELINGEN: Final = "SELECT id, id, leaves, json FROM uitwisseling WHERE id > @ ORDER BY id LIMIT @"
_LEVERINGEN: Final = (
    "SELECT l.n, l.id, u.leaves, NULL FROM levering l LEFT JOIN uitwisseling u ON u.id = l.uitwisseling"
    " WHERE l.n > @ ORDER BY l.n LIMIT @"
)
_LINES: Final = "SELECT id, position, canonical, leaf_hash FROM entry WHERE id IN (@ids)"
_NOTICES: Final = "SELECT id FROM taak WHERE sleutel LIKE 'intrekking:%'"
_PAGE: Final = 1_000


class Dialect(NamedTuple):
    """How one engine writes a value in a query, the texts of a JSON array, and what waits for its line."""

    value: str
    texts: str
    waiting: str | None = None

    def __call__(self, query: str) -> str:
        query = query.replace("%", "%%") if self.value == "%s" else query
        return query.replace("@ids", self.texts).replace("@", self.value)


SQLITE: Final = Dialect("?", "SELECT value FROM json_each(?)")
POSTGRES: Final = Dialect(
    "%s", "SELECT jsonb_array_elements_text(%s::jsonb)", "SELECT id, canonical FROM leaf_waiting"
)


class Records:
    """Fits adapters/ledger/whole.py `Records`, from one connection."""

    def __init__(self, query: Callable[[str, Sequence[object]], list[Any]], dialect: Dialect) -> None:
        self._query, self._dialect = query, dialect

    def known(self, kind: str, ids: Iterable[str]) -> set[str]:
        return {str(found) for (found,) in self._rows(_FIND[kind], json.dumps(sorted(ids)))}

    def notices(self) -> set[str]:
        found = {str(ident) for (ident,) in self._rows(_NOTICES)}
        waiting = self._waiting().values()
        return {ident for ident in found if not any(ident.encode() in text for text in waiting)}

    def unplaced(self) -> set[str]:
        return {str(found) for (found,) in self._rows("SELECT id FROM fact WHERE leaf IS NULL")}

    def placed(self) -> Iterable[Stored]:
        yield from self._pages("feit", _FACTS, -1)
        yield from self._pages("uitwisseling", _UITWISSELINGEN, "")
        yield from self._pages("levering", _LEVERINGEN, -1)

    def _pages(self, kind: str, query: str, after: object) -> Iterator[Stored]:
        """The records, and after them their lines. That order is safe: a line never goes away, and a line
        that waits is no finding.
        """
        while rows := self._rows(query, after, _PAGE):
            ids = {ident: str(leaves or "").split() for _, ident, leaves, _ in rows}
            waiting = self._waiting()
            named = json.dumps(sorted({leaf for leaves in ids.values() for leaf in leaves}))
            lines = {str(line[0]): line for line in self._rows(_LINES, named)}
            for _, ident, _, model in rows:
                if not waiting.keys().isdisjoint(ids[ident]):
                    continue
                line = _line(kind, str(ident), [lines.get(leaf) for leaf in ids[ident]])
                _, position, canonical, leaf_hash = line or (None, None, None, None)
                yield Stored(kind, str(ident), position, canonical, leaf_hash, model)
            after = rows[-1][0]

    def _waiting(self) -> dict[str, bytes]:
        """Leaves that an engine places after their commit and has not placed yet, by id."""
        query = self._dialect.waiting
        return {} if query is None else {ident: _bytes(text) for ident, text in self._rows(query)}

    def _rows(self, query: str, *values: object) -> list[Any]:
        return self._query(self._dialect(query), values)


def _line(kind: str, ident: str, lines: Sequence[Any]) -> Any:
    """The line about this record among the lines of the change that made it, or None.

    An uitwisseling has the first of them. Its leveringen share the others, of which each names its own.
    """
    if kind == "levering":
        lines = [line for line in lines[1:] if line is not None and ident.encode() in _bytes(line[2])]
    return lines[0] if lines else None


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
