"""The parsed register: partijen, their clients and keys, made once per version of what is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import ValidationError

from gateway.account.signatures import (
    Key,
    public_key,
)
from gateway.account.stamps import Stamps, register_hash
from gateway.register.machtigingen import Machtigingen
from gateway.register.mensen import Mensen
from schemas.account.verantwoording import EventType, LedgerEvent
from schemas.errors import RecordUnavailable, StateBroken
from schemas.people.partij import Client, Leverancier, Partij
from schemas.storage.storage import Register


class RegisterStore(Protocol):
    """The part of Storage that this file needs."""

    async def register(self) -> Register: ...

    async def register_version(self) -> int: ...

    async def last_leaf(self, soort: EventType) -> bytes | None: ...

    async def claim_jti(
        self, client: str, jti_hash: bytes, expires: dt.datetime, now: dt.datetime
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """A client with its partij; keys by kid, ready to verify with.

    One system of an organisation with several capacities stands with each of these, in the order of the
    register.
    """

    client: Client
    partijen: tuple[Partij, ...]
    """Empty: of a leverancier, which only acts in the name of others."""
    organisatie: str
    """As machtigingen name who acts."""
    keys: Mapping[str, Key]
    thumbprints: frozenset[str]


@dataclass(frozen=True, slots=True)
class Partijen:
    """One version of the register. Everything but the partijen is kept as the stored text, by id."""

    version: int
    by_id: Mapping[str, Partij]
    by_client: Mapping[str, ClientEntry]
    profielen: Mapping[str, str]
    convenanten: Mapping[str, str]
    beleid: Mapping[str, str]
    kennisgevingen: Mapping[str, str]
    machtigingen: Machtigingen = field(default_factory=Machtigingen)
    mensen: Mensen = field(default_factory=Mensen)

    @classmethod
    def parse(cls, register: Register) -> Partijen:
        """Parse a stored register. Raises RecordUnavailable when it is not in the form that `ozlijn apply`
        stores.
        """
        try:
            partijen = [Partij.model_validate_json(text) for text in register.partijen.values()]
            machtigingen = Machtigingen.of(register.beleid, partijen)
            mensen = Mensen.of(register.beleid)
        except ValidationError as error:
            raise RecordUnavailable("the stored register cannot be read") from error
        return cls(
            register.version,
            {partij.id: partij for partij in partijen},
            _entries(partijen, machtigingen.leveranciers),
            register.profielen,
            register.convenanten,
            register.beleid,
            register.kennisgevingen,
            machtigingen,
            mensen,
        )


class PartijenReader:
    """Parses the register once per version. Every call asks the store for the version, which is cheap."""

    def __init__(
        self,
        storage: RegisterStore,
        stamps: Stamps,
        sandbox: Callable[[Partijen], Partijen] | None = None,
    ) -> None:
        """`sandbox`: adds the invented people of one."""
        self._storage, self._stamps, self._sandbox = storage, stamps, sandbox
        self._current: Partijen | None = None

    async def current(self) -> Partijen:
        """The register as it is now: the first call after a commit sees the change.

        Raises StateBroken for a register that `ozlijn apply` did not write last: then nobody signs in and
        nothing goes.
        """
        version = await self._storage.register_version()
        current = self._current
        if current is None or current.version != version:
            current = Partijen.parse(await self._read())
            current = self._current = current if self._sandbox is None else self._sandbox(current)
        return current

    async def _read(self) -> Register:
        while True:
            found = await self._storage.register()
            try:
                await check_register(self._storage, self._stamps, found)
            except StateBroken:
                if await self._storage.register_version() == found.version:
                    raise
                continue  # it was replaced between the two reads
            return found


async def check_register(storage: RegisterStore, stamps: Stamps, register: Register) -> None:
    """Check that the register is stamped and is the last one the account tells of, for an older one also has
    a stamp.

    Raises StateBroken.
    """
    stamps.check_register(register)
    if not register.version:
        return
    last = await storage.last_leaf(EventType.REGISTER_CHANGED)
    said = None if last is None else LedgerEvent.model_validate_json(last).policy_hash
    if said != register_hash(register):
        raise StateBroken("register", str(register.version))


def _entries(partijen: Iterable[Partij], leveranciers: Iterable[Leverancier]) -> dict[str, ClientEntry]:
    """Raises RecordUnavailable for one client of two organisations, which `ozlijn apply` refuses: of neither
    would it be certain that it may act for it.
    """
    stands: dict[str, list[tuple[Client, Partij]]] = {}
    for partij in partijen:
        for client in partij.clients:
            stands.setdefault(client.client_id, []).append((client, partij))
    for found in stands.values():
        if len({p.organisatie or p.id for _, p in found}) > 1 or len({c for c, _ in found}) > 1:
            raise RecordUnavailable("the stored register has one client twice")
    entries = {
        name: _entry(found[0][0], tuple(p for _, p in found), found[0][1].organisatie or found[0][1].id)
        for name, found in stands.items()
    }
    for leverancier in leveranciers:
        for client in leverancier.clients:
            if client.client_id in entries:
                raise RecordUnavailable("the stored register has one client twice")
            entries[client.client_id] = _entry(client, (), leverancier.id)
    return entries


def _entry(client: Client, partijen: tuple[Partij, ...], organisatie: str) -> ClientEntry:
    keys = {jwk.kid: public_key(jwk) for jwk in client.sleutels}
    thumbprints = frozenset(key.thumbprint() for key in keys.values())
    return ClientEntry(client, partijen, organisatie, keys, thumbprints)
