"""Stamps: keyed MACs on the rows that a decision or a hand-over rests on.

Whoever writes in the database without the keys can take rows away, change them or put older ones back. He
cannot stamp what he made, so it is not used: StateBroken, an alarm in the log, and nothing goes. What is
stamped and what is not, and what an older stamped row still hides: docs/decisions/0029.

Each stamp is over an explicit list of values, never over stored JSON: a field that a later release adds must
not make every older row look like somebody else's.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any, Final

import orjson

from gateway.ports.keys import Vault
from gateway.runtime.logs import Log
from schemas.errors import StateBroken
from schemas.events import STATE_BROKEN
from schemas.exchange.uitwisseling import Levering, Uitwisseling
from schemas.storage.storage import LeerlingRow, Leerlingstempel, Register, StoredAnswer

NO_FACTS: Final = hashlib.sha256(b"ozlijn feiten 1").digest()
"""Where the running hash over a leerling's facts begins."""
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)


def running(before: bytes, facts: Iterable[str]) -> bytes:
    """The running hash after these facts, by id, in order of recording."""
    for fact in facts:
        before = hashlib.sha256(before + fact.encode()).digest()
    return before


def register_hash(register: Register) -> str:
    """SHA-256 (hex) over everything that was applied: what its line in the account says of it."""
    return hashlib.sha256(orjson.dumps(register.soorten, option=orjson.OPT_SORT_KEYS)).hexdigest()


class Stamps:
    """Makes and checks every stamp. `check_…` raises StateBroken, for whoever answers or goes on to tell."""

    def __init__(self, vault: Vault, log: Log) -> None:
        self._vault, self._log = vault, log

    def tell(self, error: StateBroken) -> None:
        """The alarm."""
        self._log(STATE_BROKEN, what=error.what, id=error.ident)

    # ── the leerling: which facts there are, and how many releases

    def leerling(
        self, row: LeerlingRow, facts: Iterable[str] = (), *, drawn: bool = False
    ) -> Leerlingstempel:
        """For the change that records these facts about `row`, or draws a number for a release."""
        recorded = tuple(facts)
        feitenhash = running(row.feitenhash or NO_FACTS, recorded)
        epoch, number = row.epoch + bool(recorded), row.volgnummer + (bool(recorded) or drawn)
        return Leerlingstempel(feitenhash, self._mac("leerling", _leerling(row, epoch, number, feitenhash)))

    def check_leerling(self, row: LeerlingRow) -> None:
        told = _leerling(row, row.epoch, row.volgnummer, row.feitenhash)
        if not self._vault.mac_holds("leerling", told, row.stamp):
            raise StateBroken("leerling", row.id)

    def check_facts(self, row: LeerlingRow, facts: Iterable[str]) -> None:
        """`facts` are all of this leerling's, by id, in order of recording."""
        if running(NO_FACTS, facts) != row.feitenhash:
            raise StateBroken("feiten", row.id)

    # ── what was sent, and where each of it stands

    def levering(self, levering: Levering) -> Levering:
        return levering.model_copy(update={"stamp": self._mac("levering", _levering(levering)).hex()})

    def check_levering(self, levering: Levering) -> None:
        if not self._vault.mac_holds("levering", _levering(levering), _bytes(levering.stamp)):
            raise StateBroken("levering", levering.id)

    def holds(self, levering: Levering) -> bool:
        """As `check_levering`, for lists: one that does not hold is left out, with the alarm."""
        try:
            self.check_levering(levering)
        except StateBroken as error:
            self.tell(error)
            return False
        return True

    def uitwisseling(self, uitwisseling: Uitwisseling) -> Uitwisseling:
        stamp = self._mac("uitwisseling", _uitwisseling(uitwisseling)).hex()
        return uitwisseling.model_copy(update={"stamp": stamp})

    def check_uitwisseling(self, uitwisseling: Uitwisseling) -> None:
        told = _uitwisseling(uitwisseling)
        if not self._vault.mac_holds("uitwisseling", told, _bytes(uitwisseling.stamp)):
            raise StateBroken("uitwisseling", uitwisseling.id)

    # ── answers and register

    def answer(self, answer: StoredAnswer) -> bytes:
        return self._mac("answer", _answer(answer))

    def check_answer(self, answer: StoredAnswer) -> None:
        if not self._vault.mac_holds("answer", _answer(answer), answer.stamp):
            raise StateBroken("answer", answer.partij)

    def register(self, register: Register, version: int) -> bytes:
        """For `register` when it becomes this version."""
        return self._mac("register", _register(register, version))

    def check_register(self, register: Register) -> None:
        """Nothing was ever applied to version 0, and so nothing is in it."""
        if register.version == 0 and not any(register.soorten.values()):
            return
        if not self._vault.mac_holds("register", _register(register, register.version), register.stamp):
            raise StateBroken("register", str(register.version))

    def _mac(self, what: str, data: bytes) -> bytes:
        return self._vault.mac(what, data)


def _leerling(row: LeerlingRow, epoch: int, volgnummer: int, feitenhash: bytes) -> bytes:
    named = (row.id, row.owner, row.owner_ref, row.blind_index.hex(), epoch, volgnummer, feitenhash.hex())
    return orjson.dumps(named)


def _levering(v: Levering) -> bytes:
    """Everything but what people read (`redenen`, `sinds`) and `positie`, which the store gives."""
    besluit = v.besluit
    return orjson.dumps(
        (
            (v.id, v.versie, v.uitwisseling, v.leerling, v.afzender, v.ontvanger, v.rol, v.doel, v.richting),
            (v.berichtsoort, v.status, v.gestaged, v.vastgelegde_hash, v.overgedragen, v.op_toestemming),
            (_moment(v.vervalt_op), _moment(v.lease_tot), v.opgehaald),
            (besluit.decision_id, besluit.outcome, besluit.released, besluit.consent_epoch),
            [(reden, paden) for reden, paden in besluit.withheld.items()],
        )
    )


def _uitwisseling(u: Uitwisseling) -> bytes:
    named: tuple[Any, ...] = (u.id, u.afzender, u.leerling, u.doel, u.richting, u.berichtsoort, u.gevraagd)
    return orjson.dumps((*named, u.alles_of_niets, u.vrije_tekst_nagekeken, u.in_antwoord_op, u.bladhash))


def _answer(a: StoredAnswer) -> bytes:
    head = orjson.dumps((a.partij, a.key_hash.hex(), a.request_hash.hex(), a.status))
    return head + b"\0" + a.body


def _register(register: Register, version: int) -> bytes:
    return orjson.dumps((version, register_hash(register)))


def _moment(at: dt.datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def _bytes(stamp: str) -> bytes:
    """What somebody wrote there instead of a stamp is no stamp."""
    try:
        return bytes.fromhex(stamp)
    except ValueError:
        return b""
