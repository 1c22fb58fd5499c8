"""What the account says: ledger events, and the proofs handed out about them.

An event is a leaf (in the tree, no direct identifiers, no values of a person) plus an optional detail
(encrypted, deletable, committed to by the leaf): `audit.md` §2. JSON keys are Dutch camelCase, except
that codes keep their published spelling.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AliasChoices, Field, StringConstraints

from schemas.base import Gegevenscategorie, Model, Tekst
from schemas.decision.decision import Ground, Outcome, Reden, Regelsleutel
from schemas.exchange.intrekking import Bewaargrond, Intrekkingsuitkomst, Wetsartikel
from schemas.exchange.taak import Taaksoort
from schemas.identifiers import Id, PartijId
from schemas.keuze import Keuze
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.people.afweging import Naoordeel
from schemas.people.gronden import Grondsoort
from schemas.people.partij import Rol
from schemas.people.toestemming import Bereik, Gebeurtenis, Gebruiksdoel, Richting, ToestemmingFunctie
from schemas.people.toezicht import Kijkdoel


class EventType(Keuze):
    EXCHANGE_REQUESTED = "exchange.requested"
    EXCHANGE_DECIDED = "exchange.decided"
    EXCHANGE_RELEASE_INTENT = "exchange.release_intent"
    EXCHANGE_DELIVERED = "exchange.delivered"
    EXCHANGE_FAILED = "exchange.failed"
    EXCHANGE_RECALLED = "exchange.recalled"
    EXCHANGE_REPEAT_REFUSED = "exchange.repeat_refused"
    """Less may go now than the recipient received the first time, so a repeat gives nothing."""
    EXCHANGE_CONTENT_LOST = "exchange.content_lost"
    """What was kept is gone or does not open."""
    WITHDRAWAL_NOTIFIED = "withdrawal.notified"
    WITHDRAWAL_ANSWERED = "withdrawal.answered"
    WITHDRAWAL_UNANSWERED = "withdrawal.unanswered"
    CONSENT_RECORDED = "consent.recorded"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    AUTHORITY_CHANGED = "authority.changed"
    CAPACITY_RECORDED = "capacity.recorded"
    OBJECTION_RECORDED = "objection.recorded"
    VETO_RECORDED = "veto.recorded"
    GROUND_ASSERTED = "ground.asserted"
    CIRCUMSTANCE_STATED = "circumstance.stated"
    WEIGHING_RECORDED = "weighing.recorded"
    WEIGHING_SEEN = "weighing.seen"
    """What the second person thinks of the weighing."""
    WEIGHING_REVIEWED = "weighing.reviewed"
    """What the FG thinks of the weighing afterwards."""
    INFORMING_DEFERRED = "informing.deferred"
    REGISTRATION_RECORDED = "registration.recorded"
    """What a school took over of its own registration, or put back."""
    TRANSFER_OFFERED = "transfer.offered"
    """A school says that a leerling goes to another school."""
    TRANSFER_ACCEPTED = "transfer.accepted"
    """That school knows him as one of its own."""
    TRANSFER_REFUSED = "transfer.refused"
    TRANSFER_UNDONE = "transfer.undone"
    ABSENCE_RECORDED = "absence.recorded"
    """What a school recorded of a leerling who sits at home."""
    TASK_DONE = "task.done"
    TASK_LATE = "task.late"
    REGISTER_CHANGED = "register.changed"
    CASE_STEP = "case.step"
    """One step of a zaak, overleg or AVG-verzoek was recorded: who, which kind of step, and no content."""
    SUCCESSION_READ = "succession.read"
    """Who goes on as another partij (`ontvanger`) read a record of that one (`afzender`) in its own name."""
    PERSON_INVITED = "person.invited"
    """A school invited an ouder or leerling, whom `persoonId` names."""
    PERSON_LINKED = "person.linked"
    """Somebody who signed in surely enough is that person from now on."""
    PERSON_UNLINKED = "person.unlinked"
    LOG_READ = "log.read"
    """Somebody with toezicht looked at a person, for a doel that he named."""
    LOG_CHECKED = "log.checked"
    """Somebody with toezicht held the account to what he knew of it, and goes on from here."""
    SAMPLE_DRAWN = "sample.drawn"
    """A random sample of leveringen, to be looked at one by one."""
    SAMPLE_JUDGED = "sample.judged"
    CHANGE_PROPOSED = "change.proposed"
    """An FG proposed to change a profile or convenant. Nothing changes by it."""
    STATE_ADOPTED = "state.adopted"
    """The rows that an older release stored were compared with the account and stamped, which happens
    once.
    """


class LedgerEvent(Model):
    """The leaf. Serialised as canonical JSON (RFC 8785) with absent fields left out.

    `vastgelegd_op` is UTC in RFC 3339 with milliseconds. `leerling_volgnummer` rises by one with every
    release and every recorded fact of one leerling, so their order is provable from the log alone.
    `velden_achtergehouden` groups field paths by reason code. `record`, `functie`, `persoonId` (a random
    reference; `ondertekenaar` in older leaves) and `bereik` say of a statement which cells it opens or
    closes, and which earlier one it ends; `gebeurtenis` and `moment` (UTC, with microseconds) whether it
    opens or closes, and when it was said, for paper comes in later and the newest word counts. An objection
    has no `gebeurtenis`: it closes.
    """

    soort: EventType
    event_id: Id
    vastgelegd_op: str
    trace_id: str | None = None
    verwerkingsactiviteit: Tekst
    uitwisseling: Id | None = None
    levering: Id | None = None
    leerling_ref: Id | None = None
    leerling_volgnummer: int | None = None
    onderwerp: Onderwerpsoort | None = None
    """Absent: about a leerling. Else `leerlingRef` names that group, school or nobody."""
    consent_epoch: int | None = None
    afzender: PartijId | None = None
    ontvanger: PartijId | None = None
    ontvanger_rol: Rol | None = None
    ontvanger_persoon: Id | None = None
    """The ouder or leerling himself, to whom `ontvanger` gives it: a random reference."""
    namens: Id | None = None
    """In whose name `afzender` handed it in, likewise."""
    doel: Gebruiksdoel | None = None
    richting: Richting | None = None
    outcome: Outcome | None = None
    redenen: tuple[Reden, ...] | None = None
    ground: Ground | None = None
    decision_id: Id | None = None
    policy_hash: str | None = None
    profiel: str | None = None
    profiel_hash: str | None = None
    consent_event_ids: tuple[Id, ...] | None = None
    ground_ids: tuple[Id, ...] | None = None
    """The grounds of the law and the weighings on which it rests, when not everybody agreed."""
    regels: tuple[Regelsleutel, ...] | None = None
    """The rules of a flow by which it was decided, each with its version. None in older leaves."""
    feit: Id | None = None
    over: Id | None = None
    """The earlier fact that this one is about."""
    grondsoort: Grondsoort | None = None
    akkoord: bool | None = None
    oordeel: Naoordeel | None = None
    taak: Taaksoort | None = None
    record: Id | None = None
    functie: ToestemmingFunctie | None = None
    ondertekenaar: Annotated[
        Id | None,
        Field(validation_alias=AliasChoices("persoonId", "ondertekenaar"), serialization_alias="persoonId"),
    ] = None
    bereik: Bereik | None = None
    gebeurtenis: Gebeurtenis | None = None
    moment: str | None = None
    intrekking: Id | None = None
    categorieen_ingetrokken: tuple[Gegevenscategorie, ...] | None = None
    velden_ingetrokken: tuple[str, ...] | None = None
    velden_gewist: tuple[str, ...] | None = None
    uitkomst: Intrekkingsuitkomst | None = None
    bewaargrond: Bewaargrond | None = None
    wetsartikel: Wetsartikel | None = None
    categorieen_gevraagd: tuple[Gegevenscategorie, ...] | None = None
    categorieen_vrijgegeven: tuple[Gegevenscategorie, ...] | None = None
    velden_vrijgegeven: tuple[str, ...] | None = None
    velden_achtergehouden: dict[str, tuple[str, ...]] | None = None
    velden_geopend: tuple[str, ...] | None = None
    """What a recipient says he used, of what he received."""
    kijkdoel: Kijkdoel | None = None
    """For what somebody looked at what the account or a levering says of a person."""
    payload_commitment: str | None = None
    detail_commitment: str | None = None
    op_machtiging: Literal[True] | None = None
    """Written in a request of a client that acted on a machtiging of the afzender or ontvanger; which one
    says the detail.
    """
    persoon: Id | None = None
    """Which person did it, when somebody did who signed in: a random reference of him at his partij. His name
    says the detail.
    """
    zaak: Id | None = None
    """Of a zaak or overleg our internal id, which no partner knows: each has a key of his own for it. Of an
    AVG-verzoek its id.
    """
    zaakstap: Annotated[str, StringConstraints(pattern=r"^[a-z_]{3,40}$")] | None = None
    zaakversie: int | None = None
    zaakstempel: str | None = None
    """The keyed MAC on the row as this step left it, so that an older row that is put back is seen."""
    werkstand: Literal["gestempeld"] | None = None
    """From this line on every row of working state is stamped, so a row without a stamp was not written by
    us.
    """
    bewaarklasse: Literal["log-5-jaar"] = "log-5-jaar"


@dataclass(frozen=True, slots=True)
class Leaf:
    """Canonical bytes of one event, ready to be appended, with its encrypted detail if it has one.

    `id` is the `event_id` in those bytes. It names the leaf from the moment it is made; its position in the
    tree is known later.
    """

    id: Id
    soort: EventType
    canonical: bytes
    detail: bytes | None = None


class Ontvangstbewijs(Model):
    """Signed in the 202: it proves what was accepted and what the account will say of it. It holds no
    inclusion proof yet.
    """

    soort: Literal["ontvangstbewijs"] = "ontvangstbewijs"
    uitwisseling_id: Id
    afzender: PartijId
    ontvangen_op: dt.datetime
    blad_hash: str
    log_naam: str
