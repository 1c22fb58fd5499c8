"""Values of the storage port with everything filled in, for its contract and for its failures."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from gateway.ports.storage import Storage
from schemas.account.verantwoording import EventType, Leaf
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Decision, Ground, Ondertekenaar, Outcome, Reden, Redengrond, Standpunt
from schemas.exchange.taak import Taak, Taaksoort
from schemas.exchange.uitwisseling import (
    Gebeurtenissoort,
    Levering,
    Leveringgebeurtenis,
    Leveringstatus,
    Uitwisseling,
)
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebruiksdoel, Hoedanigheid, Richting
from schemas.storage.storage import (
    Change,
    CommitResult,
    Committed,
    Expectation,
    LeerlingRow,
    LeveringWrite,
    NewLeerling,
    Sealed,
    StoredAnswer,
    StoredFact,
)

NOW = dt.datetime(2026, 3, 4, 9, 30, 0, 123456, tzinfo=dt.UTC)
SCHOOL = "brin:99XX00"
ZORG = "agb:99999901"
KLAAR = Leveringstatus.KLAAR
AANGEHOUDEN = Leveringstatus.AANGEHOUDEN


def fresh_id() -> str:
    return secrets.token_hex(16)


def leaf(text: str | None = None, soort: EventType = EventType.EXCHANGE_DECIDED) -> Leaf:
    ident = fresh_id()
    return Leaf(ident, soort, (text or f'{{"eventId":"{ident}"}}').encode(), detail=b"sealed detail")


def sealed(content: bytes | None = None) -> Sealed:
    return Sealed(secrets.token_bytes(60), secrets.token_bytes(60) if content is None else content)


def answer(key: bytes = b"key", partij: str = SCHOOL, body: bytes = b'{"a":1}') -> StoredAnswer:
    return StoredAnswer(partij, key, b"request", 202, body, NOW)


def new_leerling(partij: str = SCHOOL, index: bytes | None = None) -> NewLeerling:
    return NewLeerling(
        fresh_id(), partij, index or secrets.token_bytes(32), fresh_id(), secrets.token_bytes(64), sealed()
    )


def row_of(new: NewLeerling, *, epoch: int = 0, volgnummer: int = 0, accepted: int = 0) -> LeerlingRow:
    counters = epoch, volgnummer, accepted
    return LeerlingRow(
        new.id, new.partij, new.ref, new.ref, new.key, new.identity, *counters, new.blind_index
    )


def fact(leerling: str, kind: str = "toestemming") -> StoredFact:
    return StoredFact(fresh_id(), leerling, kind, SCHOOL, NOW, sealed())


def taak(leerling: str, **other: Any) -> Taak:
    filled: dict[str, Any] = {
        "id": fresh_id(),
        "soort": Taaksoort.GEZAG_NAGAAN,
        "partij": SCHOOL,
        "leerling": leerling,
        "sleutel": fresh_id(),
        "ontstaan_op": NOW,
        "uiterlijk": NOW,
        "sinds": NOW,
    }
    return Taak(**(filled | other))


def decision() -> Decision:
    return Decision(
        decision_id=fresh_id(),
        outcome=Outcome.PERMIT_REDUCED,
        ground=Ground.CONSENT,
        reasons=(Redengrond(Reden.CONSENT_VALID, (SCHOOL,)),),
        per_category={Gegevenscategorie.CONTACT: (), Gegevenscategorie.DOELEN: ()},
        released=("leerling.voornaam", "doelen[].omschrijving"),
        withheld={Reden.CONSENT_MISSING: ("gezondheid[].omschrijving",)},
        signers=(Ondertekenaar(fresh_id(), Hoedanigheid.OUDER, Standpunt.TOEGESTEMD),),
        consent_event_ids=(fresh_id(),),
        policy_hash="p" * 64,
        profile_id="opp-toeleiding",
        profile_hash="q" * 64,
        consent_epoch=1,
        as_of=NOW,
        expires_at=NOW + dt.timedelta(minutes=5),
    )


def levering(leerling: str, status: Leveringstatus = KLAAR, **fields: Any) -> Levering:
    values: dict[str, Any] = {
        "id": fresh_id(),
        "uitwisseling": fresh_id(),
        "leerling": leerling,
        "afzender": SCHOOL,
        "ontvanger": ZORG,
        "rol": Rol.JEUGDHULPVERLENER,
        "doel": Gebruiksdoel.TOELEIDING,
        "richting": Richting.S2J,
        "berichtsoort": "opp",
        "status": status,
        "besluit": decision(),
        "sinds": NOW,
        "vervalt_op": NOW + dt.timedelta(days=30),
    }
    return Levering(**(values | fields))


def event(stored: Levering) -> Leveringgebeurtenis:
    return Leveringgebeurtenis(
        volgnummer=stored.versie + 1,
        op=NOW,
        soort=Gebeurtenissoort.BESLOTEN,
        status=stored.status,
        redenen=(Redengrond(Reden.CONSENT_VALID, (SCHOOL,)),),
    )


def write(new: Levering, **fields: Any) -> LeveringWrite:
    """The first version of a levering; what is klaar goes into the postbus."""
    return LeveringWrite(new, event(new), **({"enqueue": new.status is KLAAR} | fields))


def rewrite(stored: Levering, status: Leveringstatus | None = None, **fields: Any) -> LeveringWrite:
    """The next version of a stored levering; fields of LeveringWrite are taken out of `fields`."""
    own = {key: fields.pop(key) for key in ("content", "drop_content", "enqueue") if key in fields}
    update = {"status": status or stored.status, "versie": stored.versie + 1, **fields}
    after = stored.model_copy(update=update)
    return LeveringWrite(after, event(after), expected=stored.versie, **own)


def uitwisseling(leerling: str, afzender: str = SCHOOL) -> Uitwisseling:
    return Uitwisseling(
        id=fresh_id(),
        afzender=afzender,
        leerling=leerling,
        doel=Gebruiksdoel.TOELEIDING,
        richting=Richting.S2J,
        berichtsoort="opp",
        gevraagd=(Gegevenscategorie.DOELEN,),
        alles_of_niets=False,
        vrije_tekst_nagekeken=True,
        ontvangen_op=NOW,
        correlatie=fresh_id(),
        bladhash="AAAA",
    )


def delivery(leerling: str, **fields: Any) -> Change:
    return Change(leaves=(leaf(),), leveringen=(write(levering(leerling, **fields)),))


def expecting(leerling: str, epoch: int = 0, **fields: Any) -> Expectation:
    return Expectation(leerling, epoch, **fields)


async def a_leerling(store: Storage) -> str:
    new = new_leerling()
    assert isinstance(await store.commit(Change(new_leerling=new)), Committed)
    return new.id


async def stored(store: Storage, change: Change) -> Levering:
    """The one levering of this change, as it is stored."""
    assert isinstance(await store.commit(change), Committed)
    found = await store.levering(change.leveringen[0].levering.id)
    assert found is not None
    return found


async def positions_of(store: Storage, result: CommitResult) -> tuple[int, ...]:
    """Where the leaves of a change stand: on these engines known as soon as it is committed."""
    assert isinstance(result, Committed)
    found = await store.positions_of(result.leaves)
    assert None not in found
    return tuple(p for p in found if p is not None)
