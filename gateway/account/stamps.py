"""Stamps: keyed MACs on the rows that a decision or a hand-over rests on.

Somebody who writes in the database without having the keys can remove rows, change them or put older ones
back. He cannot stamp what he made, so his rows are not used: StateBroken is raised, the log gives an alarm,
and nothing goes. Which rows are stamped and which are not, and what an older stamped row can still hide, is
written in docs/decisions/0029.

A stamp is over an explicit list of values and never over stored JSON. Otherwise a field that a later release
adds would make every older row look as if somebody else wrote it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any, Final

import orjson

from gateway.ports.keys import Vault
from gateway.runtime.logs import Log
from schemas.decision.decision import Redengrond
from schemas.errors import StateBroken
from schemas.events import STATE_BROKEN
from schemas.exchange.uitwisseling import Levering, Uitwisseling
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.storage.storage import LeerlingRow, Leerlingstempel, Register, StoredAnswer, ZaakRow

NO_FACTS: Final = hashlib.sha256(b"ozlijn feiten 1").digest()
"""The value with which the running hash over a leerling's facts begins."""
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND: Final = dt.timedelta(microseconds=1)


def running(before: bytes, facts: Iterable[str]) -> bytes:
    """The running hash after these facts, which are given by id in order of recording."""
    for fact in facts:
        before = hashlib.sha256(before + fact.encode()).digest()
    return before


def register_hash(register: Register) -> str:
    """SHA-256 (hex) over everything that was applied, which is what the account says of this register."""
    return hashlib.sha256(orjson.dumps(register.soorten, option=orjson.OPT_SORT_KEYS)).hexdigest()


class Stamps:
    """Makes and checks every stamp.

    Every `check_…` raises StateBroken; the caller, who answers or goes on, gives the alarm with `tell`.
    """

    def __init__(self, vault: Vault, log: Log) -> None:
        self._vault, self._log = vault, log

    def tell(self, error: StateBroken) -> None:
        """Give the alarm for a row that does not hold."""
        self._log(STATE_BROKEN, what=error.what, id=error.ident)

    # ── the leerling: which facts there are, and how many releases

    def leerling(
        self, row: LeerlingRow, facts: Iterable[str] = (), *, drawn: bool = False
    ) -> Leerlingstempel:
        """The stamp for the change that records these facts about `row`, or (`drawn`) draws a number for a
        release.
        """
        recorded = tuple(facts)
        feitenhash = running(row.feitenhash or NO_FACTS, recorded)
        epoch, number = row.epoch + bool(recorded), row.volgnummer + (bool(recorded) or drawn)
        return Leerlingstempel(feitenhash, self._mac("leerling", _leerling(row, epoch, number, feitenhash)))

    def check_leerling(self, row: LeerlingRow) -> None:
        told = _leerling(row, row.epoch, row.volgnummer, row.feitenhash)
        if not self._vault.mac_holds("leerling", told, row.stamp):
            raise StateBroken("leerling", row.id)

    def check_facts(self, row: LeerlingRow, facts: Iterable[str]) -> None:
        """Check that `facts` are all the facts of this leerling, by id and in order of recording."""
        if running(NO_FACTS, facts) != row.feitenhash:
            raise StateBroken("feiten", row.id)

    # ── what was sent, and where each of it stands

    def levering(self, levering: Levering) -> Levering:
        return levering.model_copy(update={"stamp": self._mac("levering", _levering(levering)).hex()})

    def check_levering(self, levering: Levering) -> None:
        if not self._vault.mac_holds("levering", _levering(levering), _bytes(levering.stamp)):
            raise StateBroken("levering", levering.id)

    def holds(self, levering: Levering) -> bool:
        """The same check as `check_levering`, for lists: a levering that does not hold gives an alarm and is
        left out.
        """
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

    # ── zaken

    def zaak(self, row: ZaakRow) -> bytes:
        return self._mac("zaak", _zaak(row))

    def check_zaak(self, row: ZaakRow) -> None:
        if not self._vault.mac_holds("zaak", _zaak(row), row.stamp):
            raise StateBroken("zaak", row.id)

    # ── answers and register

    def answer(self, answer: StoredAnswer) -> bytes:
        return self._mac("answer", _answer(answer))

    def check_answer(self, answer: StoredAnswer) -> None:
        if not self._vault.mac_holds("answer", _answer(answer), answer.stamp):
            raise StateBroken("answer", answer.partij)

    def register(self, register: Register, version: int) -> bytes:
        """The stamp of `register` when it becomes this version."""
        return self._mac("register", _register(register, version))

    def check_register(self, register: Register) -> None:
        """Check the stamp of a register. A register of version 0 has none, for nothing was ever applied and
        so it is empty.
        """
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
    """All that a decision or hand-over rests on, and all that is told of it: what an FG reads must be what we
    decided. Not `positie`, which the store gives.
    """
    b = v.besluit
    told: tuple[Any, ...] = (
        (v.id, v.versie, v.uitwisseling, v.leerling, v.afzender, v.ontvanger, v.rol, v.doel, v.richting),
        (v.berichtsoort, v.status, v.gestaged, v.vastgelegde_hash, v.overgedragen, v.op_toestemming),
        (_moment(v.vervalt_op), _moment(v.lease_tot), v.opgehaald),
        (b.decision_id, b.outcome, b.released, b.consent_epoch),
        [(reden, paden) for reden, paden in b.withheld.items()],
        (v.redenen, _moment(v.sinds), b.ground, _grounds(b.reasons)),
        [(categorie, _grounds(found)) for categorie, found in b.per_category.items()],
        [(s.persoon, s.hoedanigheid, s.standpunt, s.zonder) for s in b.signers],
        (b.consent_event_ids, b.ground_ids, b.policy_hash, b.profile_id, b.profile_hash),
        (_moment(b.as_of), _moment(b.expires_at)),
    )
    # Named only where there is one, so a stamp of before holds for what has none of these, and nothing else.
    told = told if v.onderwerp is Onderwerpsoort.LEERLING else (*told, v.onderwerp)
    later = (("persoon", v.persoon), ("namens", v.namens), ("geopend", v.geopend))
    named = {n: p for n, p in later if p is not None}
    return orjson.dumps((*told, named) if named else told)


def _grounds(found: Iterable[Redengrond]) -> list[tuple[Any, ...]]:
    return [(r.code, r.partijen) for r in found]


def _uitwisseling(u: Uitwisseling) -> bytes:
    """All that a decision rests on: not `ontvangen_op` and `correlatie`, which only people read.

    A mark on free text, another onderwerp than a leerling, the capacity of the sender and the person in whose
    name it was sent are named only where they are there. So a stamp of before, when they were not named,
    holds for what has none, and for nothing else (docs/decisions/0039).
    """
    named: tuple[Any, ...] = (u.id, u.afzender, u.leerling, u.doel, u.richting, u.berichtsoort, u.gevraagd)
    named = (*named, u.alles_of_niets, u.vrije_tekst_nagekeken, u.in_antwoord_op, u.bladhash)
    named = (*named, u.vrije_tekst_gewoon) if u.vrije_tekst_gewoon else named
    named = named if u.onderwerp is Onderwerpsoort.LEERLING else (*named, u.onderwerp)
    named = named if u.van is None else (*named, {"van": u.van})
    return orjson.dumps(named if u.namens is None else (*named, {"namens": u.namens}))


def _zaak(z: ZaakRow) -> bytes:
    head = orjson.dumps((z.id, z.soort, z.leerling, z.versie, _moment(z.vergeten_op), z.sealed.key.hex()))
    return head + b"\0" + z.sealed.content


def _answer(a: StoredAnswer) -> bytes:
    head = orjson.dumps((a.partij, a.key_hash.hex(), a.request_hash.hex(), a.status))
    return head + b"\0" + a.body


def _register(register: Register, version: int) -> bytes:
    return orjson.dumps((version, register_hash(register)))


def _moment(at: dt.datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def _bytes(stamp: str) -> bytes:
    """The bytes of a stamp; empty, and so never right, when somebody wrote something there that is no
    stamp.
    """
    try:
        return bytes.fromhex(stamp)
    except ValueError:
        return b""
