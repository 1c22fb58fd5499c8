"""RFC 8785 canonical JSON, for the part of JSON that leaves and details are made of.

Numbers with a fraction are refused instead of formatted: no rule of ours needs them, and their text is
where canonical JSON writers disagree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Any, Final

import orjson

from schemas.errors import Fault, InvalidMessage, WrongUse

SALT_SIZE: Final = 32
MAX_INTEGER: Final = 2**53 - 1
"""Beyond this a reader that keeps numbers as doubles sees another number (RFC 8785 §3.2.2.3)."""
MAX_DEPTH: Final = 64


def canonical(value: object) -> bytes:
    """The one byte string for `value`: dicts with ASCII keys, lists, str, int, bool and None.

    Raises InvalidMessage for anything else, subclasses and tuples included, with the place as a JSON
    pointer and never the value.
    """
    if not _fits(value):
        _check(value, "", MAX_DEPTH)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        # Half of a surrogate pair is the one text left that has no UTF-8.
        raise _refused("", "tekst die geen geldige Unicode is") from error


def commitment(salt: bytes, detail: object) -> bytes:
    """SHA-256 over 32 random bytes and the canonical `detail`.

    Once salt and detail are destroyed, nobody can find the detail by trying guesses. Raises WrongUse for a
    salt of another length, and InvalidMessage as `canonical` does.
    """
    if len(salt) != SALT_SIZE:
        raise WrongUse(f"a salt is {SALT_SIZE} random bytes")
    return sha256(salt + canonical(detail)).digest()


_PLAIN: Final = frozenset({str, bool, type(None)})
_TEXTS: Final = frozenset({str})


def _fits(value: object) -> bool:
    """Whether `_check` has nothing to say: level by level, and without the places that it tells."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for v in level:
            kind = type(v)
            if kind is dict:
                if not _TEXTS.issuperset(map(type, v)) or not "".join(v).isascii():
                    return False
                below += _to_look_into(v.values())
            elif kind is list:
                below += _to_look_into(v)
            elif kind is int:
                if not -MAX_INTEGER <= v <= MAX_INTEGER:
                    return False
            elif kind not in _PLAIN:
                return False
        if not below:
            return True
        level = below
    return False


def _to_look_into(items: Collection[Any]) -> Iterable[Any]:
    # A leaf is mostly lists of texts, so all items are asked for their type at once.
    return () if _PLAIN.issuperset(map(type, items)) else [v for v in items if type(v) not in _PLAIN]


def _check(value: object, place: str, depth: int) -> None:
    # Exact types, because the encoder would write a subclass its own way.
    kind = type(value)
    if kind in _PLAIN:
        return
    if isinstance(value, int) and kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise _refused(place, "geheel getal buiten het veilige bereik")
    elif depth == 0:
        raise _refused(place, "te diep genest")
    elif isinstance(value, dict) and kind is dict:
        if any(type(key) is not str or not key.isascii() for key in value):
            raise _refused(place, "sleutel die geen ASCII-tekst is")
        _check_items(value.values(), value, place, depth)
    elif isinstance(value, list) and kind is list:
        _check_items(value, range(len(value)), place, depth)
    else:
        raise _refused(place, "soort waarde die niet in het grootboek mag")


def _check_items(items: Collection[object], names: Iterable[object], place: str, depth: int) -> None:
    # A leaf is mostly lists of texts, so all items are asked for their type at once.
    if not _PLAIN.issuperset(map(type, items)):
        for name, item in zip(names, items, strict=True):
            _check(item, f"{place}/{name}", depth - 1)


def _refused(place: str, text: str) -> InvalidMessage:
    return InvalidMessage((Fault("grootboek.canoniek", place or "/", text),))
