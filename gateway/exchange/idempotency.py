"""Idempotency-Key: the first answer is kept in the commit it answers, and given again to every repeat.

There is no waiting list of requests in flight. Identical requests at the same instant all do the work, the
first commit wins, and the others find its answer. So it holds over any number of processes.

The same request is JSON that means the same: a client that writes it anew, with other white space, another
order of keys, 1.0 for 1 or an escape for a letter, repeats. An answer that an older release kept is found by
what that release kept of its request.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import orjson

from gateway.account.stamps import Stamps
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.errors import IdempotencyMismatch
from schemas.storage.storage import AlreadyAnswered, StoredAnswer

MAX_COMMAS: Final = 50_000
"""In one body. No message of ours has nearly as many fields, elements and commas in its texts; without this
bound a body of the permitted size keeps everybody waiting for seconds."""
_NUMBER: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?")


@dataclass(frozen=True, slots=True)
class Claim:
    """The key that one partij chose for one request. Hashes of keys are keyed, because a partij could put a
    name in its key.
    """

    partij: str
    key_hash: bytes
    request_hash: bytes
    """Of what the request means."""
    exact_hash: Callable[[], bytes]
    """Of its bytes: what the oldest answers were kept with. It is seldom asked for, so only made then."""
    ascii_hash: Callable[[], bytes]
    """Of what it means in a text of ASCII only: what later ones were kept with."""
    plain: bool
    """The request is JSON in which no object has a name twice."""
    stamps: Stamps

    @classmethod
    def of(cls, vault: Vault, stamps: Stamps, partij: str, operation: str, key: str, body: bytes) -> Claim:
        meant = meaning(body)
        return cls(
            partij,
            vault.fingerprint(b"sleutel\0" + key.encode()),
            vault.fingerprint(b"betekenis\0" + operation.encode() + b"\0" + meant),
            partial(vault.fingerprint, b"verzoek\0" + operation.encode() + b"\0" + body),
            lambda: vault.fingerprint(b"betekenis\0" + operation.encode() + b"\0" + ascii_meaning(body)),
            is_plain(meant, body),
            stamps,
        )

    def answer(self, status: int, body: bytes, at: dt.datetime) -> StoredAnswer:
        told = (self.partij, self.key_hash, self.request_hash, status, body, at)
        return StoredAnswer(*told, stamp=self.stamps.answer(StoredAnswer(*told)))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets. `repeated` says that it was answered before."""

    status: int
    body: bytes
    repeated: bool = False


async def earlier(storage: Storage, claim: Claim) -> Answer | None:
    """The answer that was already given, or None.

    Raises IdempotencyMismatch for the same key with other content, and StateBroken when the stored answer is
    not the one that was given.
    """
    stored = await storage.answer(claim.partij, claim.key_hash)
    return None if stored is None else repeat(claim, AlreadyAnswered(stored))


def repeat(claim: Claim, found: AlreadyAnswered) -> Answer:
    claim.stamps.check_answer(found.answer)
    kept = found.answer.request_hash
    if kept != claim.request_hash and kept not in (claim.ascii_hash(), claim.exact_hash()):
        raise IdempotencyMismatch
    return Answer(found.answer.status, found.answer.body, repeated=True)


class _Number:
    """A number in its one form."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def too_many_commas(body: bytes) -> bool:
    """A short body cannot have them, so they are not counted there."""
    return len(body) > MAX_COMMAS and body.count(b",") > MAX_COMMAS


def meaning(body: bytes) -> bytes:
    """One text for all JSON that means the same; the bytes themselves when they are no JSON that we take.

    Numbers are compared by value whatever their size, and never rounded.
    """
    if too_many_commas(body):
        return body
    try:
        value = _READER.decode(body.decode())
    except (ValueError, RecursionError):
        return body
    try:
        return _MEANING + orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return _in_ascii(value) or body  # with a number, nested deep, or with half of a pair of surrogates


def ascii_meaning(body: bytes) -> bytes:
    """The same, in the text that it always had before."""
    if too_many_commas(body):
        return body
    try:
        return _in_ascii(_READER.decode(body.decode())) or body
    except (ValueError, RecursionError):
        return body


def _in_ascii(value: Any) -> bytes | None:
    try:
        return b"json\0" + _text(value).encode("ascii")
    except RecursionError:
        return None


def is_plain(meant: bytes, body: bytes) -> bool:
    """Whether this body, of this meaning, is JSON in which no object has a name twice."""
    return meant is not body


_MEANING: Final = b"json 2\0"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice means nothing that two readers agree on")
    return found


def _number(text: str) -> _Number:
    """Its digits without zeros at either end, and the power of ten behind them."""
    sign, whole, fraction, power = _NUMBER.fullmatch(text).groups(default="")  # type: ignore[union-attr]
    digits = (whole + fraction).lstrip("0")
    short = digits.rstrip("0")
    if not short:
        return _Number("0")
    exponent = int(power or "0") - len(fraction) + len(digits) - len(short)
    return _Number(f"{sign}{short}e{exponent}")


def _no_number(_: str) -> Any:
    raise ValueError("NaN and Infinity are no JSON")


_READER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_no_number
)


def _text(value: Any) -> str:
    if isinstance(value, _Number):
        return value.text
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(n)}:{_text(value[n])}" for n in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, value)) + "]"
    return json.dumps(value)
