"""How one exchange goes, from the bytes a school sends to the bytes a recipient gets.

    POST /v1/uitwisselingen ─► accept     1 receive  2 translate  3 decide  4 minimise  5 record ─► 202
    POST …/_proef           ─► preview    1          2            3         4                     ─► 200
    POST …/_neem            ─► hand_over                          3         4           5  6 deliver
    everything after        ─► gateway/follow_up/follow_up.py (7): facts that arrive, acknowledgement, terms

Authentication, the size bound and the Idempotency-Key of step 1 are in gateway/api; what reaches this file
is a known partij and a well-formed envelope. Nothing else in the gateway may open sealed content or hand
out a message: `deliver` is the one release function, and it needs proof that the intent is on record.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from consent.decide import decide, decide_as_if_agreed, proposal, refuse_repeat
from consent.minimise import bound, minimise
from consent.request import Request
from gateway.account.leaves import SALT_BYTES, Account, commitment, new_id
from gateway.account.receipts import acceptance
from gateway.case.case import Case, Cases, Identity, seal_fact, seal_identity
from gateway.exchange.idempotency import Answer, Claim, repeat
from gateway.exchange.intake.intake import Intake, Intakes
from gateway.exchange.levering import STATUS, changed, event
from gateway.obligations.verzoeken import Verzoeken, first, look_on
from gateway.obligations.zonder_toestemming import ZonderToestemming
from gateway.ports.clock import Clock
from gateway.ports.keys import LogSigner, Vault
from gateway.ports.standards import Writer
from gateway.ports.storage import Storage
from gateway.register.regels import Regelbron, Regels
from gateway.runtime.metrics import Metrics
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType, Leaf
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Decision, Reden, Releasable
from schemas.errors import Conflict, Fault, InvalidMessage, NotFound, RecordUnavailable
from schemas.exchange.uitwisseling import Gebeurtenissoort, Levering, Leveringstatus, Uitwisseling, Verzending
from schemas.messages.bericht import Inhoud
from schemas.people.partij import Partij
from schemas.people.toestemming import Hoedanigheid, Ontvanger, ToestemmingFunctie
from schemas.storage.storage import (
    AlreadyAnswered,
    Change,
    Committed,
    Expectation,
    Koppeling,
    LeerlingRow,
    LeveringWrite,
    Moved,
    NewLeerling,
    Sealed,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """Business terms from the settings, in the units they are set in."""

    hold_days: int = 30
    lease_minutes: int = 15
    max_takes: int = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """What one recipient would get. `now` under the recorded facts, `agreed` when all who are asked agree."""

    request: Request
    decision: Decision
    agreed: Decision
    to_ask: Mapping[Gegevenscategorie, Mapping[str, frozenset[ToestemmingFunctie]]]
    """Per category that a yes would open: who must still say it, for which functions."""
    roles: Mapping[str, Hoedanigheid]
    payload_now: bytes | None
    payload_agreed: bytes | None


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Bytes for the recipient, with the SHA-256 he signs for."""

    levering: Levering
    payload: bytes
    digest: str


class Exchange:
    def __init__(
        self,
        storage: Storage,
        vault: Vault,
        account: Account,
        signer: LogSigner,
        intakes: Intakes,
        writer: Writer,
        regels: Regelbron,
        cases: Cases,
        clock: Clock,
        terms: Terms,
        metrics: Metrics,
        zonder: ZonderToestemming,
    ) -> None:
        self._zonder = zonder
        self._metrics = metrics
        self._storage, self._vault, self._account, self._signer = storage, vault, account, signer
        self._intakes, self._writer = intakes, writer
        self._regels, self._cases, self._clock, self._terms = regels, cases, clock, terms
        self._verzoeken = Verzoeken(storage)

    # ── accept ──────────────────────────────────────────────────────────────────────────────────────

    async def accept(
        self, sender: Partij, client: str, verzending: Verzending, claim: Claim, trace: str
    ) -> tuple[Answer, tuple[Levering, ...]]:
        """Take a message in: 202 whatever the decisions, which are on record when this returns.

        Raises InvalidMessage with all faults (nothing is stored), IdempotencyMismatch, RecordUnavailable
        (repeat with the same key), Busy.
        """
        # 1. receive: done by the caller; from here on the sender is known and the envelope well-formed
        regels = await self._regels.current()
        # 2. translate: wire names stop here
        with self._metrics.step("translate"):
            intake = await self._intakes.translate(sender, verzending, regels, provenance=False)

        async def attempt() -> tuple[Answer, tuple[Levering, ...]] | Moved:
            with self._metrics.step("find"):
                new, case = await self._find(sender, intake)
            now = self._clock.now()
            uitwisseling = self._describe(sender, verzending, intake, case.row, now, trace)
            requested = self._account.requested(uitwisseling, case.row, client)
            uitwisseling = self._account.stamps.uitwisseling(
                uitwisseling.model_copy(update={"bladhash": self._account.bladhash(requested)})
            )
            writes: list[LeveringWrite] = []
            leaves: list[Leaf] = [requested]
            for ontvanger in verzending.ontvangers:
                # 3. decide
                with self._metrics.step("decide"):
                    decision = self._decide(case, intake, ontvanger, verzending, sender, regels, now)
                # 4. minimise: what may never go to this recipient is not kept either
                with self._metrics.step("minimise"):
                    days = regels.beleid.hold_days(self._terms.hold_days, sender.id, ontvanger.partij)
                    until = now + dt.timedelta(days=days)
                    write = self._stage(case.row, uitwisseling, ontvanger, intake, decision, now, until)
                writes.append(write)
                leaves.append(self._account.decided(write.levering, case.row, EventType.EXCHANGE_DECIDED))
            leveringen = tuple(w.levering for w in writes)
            with self._metrics.step("receipt"):
                body = acceptance(self._signer, uitwisseling, leveringen, intake.bevindingen)
            # 5. record: the account, the decision and the queue in one commit
            with self._metrics.step("record"):
                result = await self._storage.commit(
                    Change(
                        leaves=tuple(leaves),
                        answer=claim.answer(202, body, now),
                        new_leerling=new,
                        expect=None if new else Expectation(case.row.id, case.row.epoch),
                        uitwisseling=uitwisseling,
                        leveringen=tuple(writes),
                        taken=tuple(t for v in leveringen for t in first(v, case, regels, now)),
                        kijk_op=look_on(case, regels, now) if new else None,
                        stempel=self._account.stamps.leerling(case.row) if new else None,
                    )
                )
            if isinstance(result, AlreadyAnswered):
                return repeat(claim, result), ()
            return result if isinstance(result, Moved) else (Answer(202, body), leveringen)

        return await until_settled(attempt)

    async def preview(self, sender: Partij, verzending: Verzending) -> tuple[Intake, tuple[Preview, ...]]:
        """Steps 1 to 4 without storing anything: what people are shown before they agree.

        The sender sees its own message only. Raises InvalidMessage.
        """
        regels = await self._regels.current()
        intake = await self._intakes.translate(sender, verzending, regels, provenance=True)  # 2
        _, case = await self._find(sender, intake)
        now = self._clock.now()
        previews = []
        for ontvanger in verzending.ontvangers:
            request = self._request(case, intake, ontvanger, verzending, sender, regels)  # 3
            decision = _decide(request, case, regels, now)
            agreed = decide_as_if_agreed(request, case.authorities, regels.beleid, now)
            previews.append(
                Preview(
                    request,
                    decision,
                    agreed,
                    proposal(request, case.consents, case.authorities, regels.beleid, now, decision, agreed),
                    case.authorities.roles,
                    self._show(intake.inhoud, decision),  # 4
                    self._show(intake.inhoud, agreed),
                )
            )
        return intake, tuple(previews)

    # ── hand over ───────────────────────────────────────────────────────────────────────────────────

    async def hand_over(self, recipient: Partij, levering_id: str) -> HandedOver | None:
        """Give a waiting levering to its recipient under a lease, or None: there is nothing for him.

        None says nothing about why (held, refused, withdrawn, of another, never existed). Every call is a
        release of its own: decided again, with its own intent on record before a byte leaves. The first
        one fixes the bytes; a repeat gives those bytes or nothing. Raises Conflict while a lease runs or
        an earlier levering of the same leerling waits, RecordUnavailable, Busy.
        """

        async def attempt() -> HandedOver | Moved | None:
            levering = await self._storage.levering_for(levering_id, recipient.id)
            if levering is None:
                return None
            self._account.stamps.check_levering(levering)
            if levering.ontvanger != recipient.id or levering.status is not Leveringstatus.KLAAR:
                return None
            now = self._clock.now()
            if levering.vervalt_op <= now:
                return None
            if levering.lease_tot is not None and now < levering.lease_tot:
                raise Conflict
            if not await self._storage.is_first_in_line(levering.id):
                raise Conflict
            row = await self._row(levering.leerling)
            case = await self._cases.load(row)
            regels = await self._regels.current()
            # 3. decide, again: consent counts at the moment of hand-over
            decision = await self.redecide(levering, case, regels, now)
            # 4. minimise
            sealed = await self._storage.content(levering.id)
            fitting = self._fitting(row, levering, sealed, decision)
            if fitting is None:
                return await self._keep_home(levering, case, decision, regels, now)
            salt, releasable, digest = fitting
            # 5. record: the intent stands in the account before a byte leaves
            taken = levering.model_copy(
                update={
                    "besluit": decision,
                    "gestaged": None,
                    "lease_tot": now + dt.timedelta(minutes=self._terms.lease_minutes),
                    "opgehaald": levering.opgehaald + 1,
                    "vastgelegde_hash": fingerprint(self._vault, levering.id, digest),
                    "overgedragen": levering.overgedragen or decision.released,
                    "op_toestemming": tuple(
                        dict.fromkeys((*(levering.op_toestemming or ()), *decision.on_toestemming))
                    ),
                    "versie": levering.versie + 1,
                }
            )
            taken = self._account.stamps.levering(taken)
            vrijgaven, follow = await self._zonder.released(case, taken, decision, regels, now)
            intent = self._account.decided(
                taken,
                row,
                EventType.EXCHANGE_RELEASE_INTENT,
                leerling_volgnummer=row.volgnummer + 1,
                payload_commitment=commitment(salt, self._writer(releasable)),
                feit=vrijgaven[0].id if vrijgaven else None,
            )
            result = await self._storage.commit(
                Change(
                    leaves=(intent,),
                    expect=Expectation(row.id, row.epoch, row.volgnummer, draw=True),
                    facts=tuple(seal_fact(self._vault, row, v) for v in vrijgaven),
                    taken=follow,
                    stempel=self._account.stamps.leerling(row, (v.id for v in vrijgaven), drawn=True),
                    leveringen=(
                        LeveringWrite(
                            taken,
                            event(taken, Gebeurtenissoort.OPGEHAALD, now),
                            levering.versie,
                            content=self._seal(row, levering.id, salt, releasable.inhoud)
                            if levering.vastgelegde_hash is None
                            else None,
                        ),
                    ),
                    koppeling=Koppeling(new_id(), row.id, recipient.id, levering.id)
                    if recipient.id != row.owner
                    else None,
                )
            )
            if not isinstance(result, Committed):
                return Moved()
            for vrijgave in vrijgaven:
                self._cases.keep(case.plus(vrijgave))
            # 6. deliver
            return HandedOver(taken, self.deliver(releasable, result), digest)

        return await until_settled(attempt)

    def deliver(self, releasable: Releasable, recorded: Committed) -> bytes:
        """The one release function: a minimised message, against proof that its intent is on record."""
        if not recorded.positions:
            raise RecordUnavailable("a release without an intent on record")
        return self._writer(releasable)

    # ── 2. translate ────────────────────────────────────────────────────────────────────────────────

    async def _find(self, sender: Partij, intake: Intake) -> tuple[NewLeerling | None, Case]:
        """The leerling this is about, or a new record for him. A birth date that differs is a fault."""
        if intake.answers is not None:
            self._account.stamps.check_levering(intake.answers)
            if intake.answers.ontvanger != sender.id:
                raise NotFound
            case = await self._cases.load(await self._row(intake.answers.leerling))
            if intake.geboortedatum not in (None, case.authorities.geboortedatum):
                text = "Dit gaat over iemand anders dan de levering die u beantwoordt."
                raise InvalidMessage((Fault("leerling.andereGeboortedatum", intake.geboren_op, text),))
            return None, case
        identity = intake.identity
        assert identity is not None
        new, case = await self.find_or_new(sender, identity)
        born = identity.geboortedatum
        if born is not None and case.authorities.geboortedatum != born:
            text = "Eerder is een andere geboortedatum vastgelegd; leg eerst nieuwe gezagsgegevens vast."
            raise InvalidMessage((Fault("leerling.andereGeboortedatum", intake.geboren_op, text),))
        return new, case

    async def find_or_new(self, partij: Partij, identity: Identity) -> tuple[NewLeerling | None, Case]:
        """The leerling by the partij's own key for him, or a new one for the caller's change to store.

        Raises InvalidMessage for somebody new without a birth date.
        """
        index = self._vault.blind_index(partij.id, identity.index_text())
        row = await self._storage.leerling_by_index(partij.id, index)
        if row is not None:
            return None, await self._cases.load(row)
        if identity.geboortedatum is None:
            text = (
                "Deze leerling is hier nog niet bekend, en het bericht noemt geen geboortedatum. "
                "Leg eerst gezagsgegevens vast."
            )
            raise InvalidMessage((Fault("leerling.onbekend", "/leerling/leerlingid", text),))
        leerling, key = new_id(), self._vault.new_leerling_key()
        sealed = seal_identity(self._vault, key, leerling, identity)
        new = NewLeerling(leerling, partij.id, index, new_id(), key, sealed)
        row = LeerlingRow(new.id, partij.id, new.ref, new.ref, new.key, new.identity, 0, 0, index)
        return new, Case.fresh(row, identity.geboortedatum)

    # ── 3. decide ───────────────────────────────────────────────────────────────────────────────────

    def _request(
        self,
        case: Case,
        intake: Intake,
        ontvanger: Ontvanger,
        verzending: Verzending,
        sender: Partij,
        regels: Regels,
    ) -> Request:
        return Request(
            decision_id=new_id(),
            eigenaar=case.row.owner,
            afzender=sender.id,
            ontvanger=ontvanger,
            partij=regels.partijen.get(ontvanger.partij),
            doel=verzending.doel,
            richting=intake.richting,
            bericht=intake.soort,
            gevraagd=verzending.categorieen,
            velden=intake.velden,
            weggelaten=intake.weggelaten,
            alles_of_niets=verzending.alles_of_niets,
            vrije_tekst_nagekeken=verzending.vrije_tekst_nagekeken,
            consent_epoch=case.row.epoch,
            leerling=case.row.owner_ref,
        )

    def _decide(
        self,
        case: Case,
        intake: Intake,
        ontvanger: Ontvanger,
        verzending: Verzending,
        sender: Partij,
        regels: Regels,
        now: dt.datetime,
    ) -> Decision:
        request = self._request(case, intake, ontvanger, verzending, sender, regels)
        return _decide(request, case, regels, now)

    async def redecide(self, levering: Levering, case: Case, regels: Regels, now: dt.datetime) -> Decision:
        """The decision on a levering that exists, from what it still holds and what is recorded now."""
        found = await self._storage.uitwisseling(levering.uitwisseling)
        assert found is not None, "a levering has its uitwisseling"
        self._account.stamps.check_levering(levering)
        self._account.stamps.check_uitwisseling(found[0])
        velden = levering.inhoudsvelden
        there = frozenset(velden)
        home = {p: r for r, paden in levering.besluit.withheld.items() for p in paden if p not in there}
        return decide_again(levering, found[0], case, regels, now, velden, home, levering.status)

    # ── 4. minimise ─────────────────────────────────────────────────────────────────────────────────

    def _stage(
        self,
        row: LeerlingRow,
        uitwisseling: Uitwisseling,
        ontvanger: Ontvanger,
        intake: Intake,
        decision: Decision,
        now: dt.datetime,
        until: dt.datetime,
    ) -> LeveringWrite:
        """The new levering, holding no more than could ever go: nothing at all after a DENY."""
        status = STATUS[decision.outcome]
        kept = (
            decision.withheld.get(Reden.FIELD_NOT_CONSENTED, ())
            if status is Leveringstatus.AANGEHOUDEN
            else decision.released
        )
        levering = Levering(
            id=new_id(),
            uitwisseling=uitwisseling.id,
            leerling=row.id,
            afzender=uitwisseling.afzender,
            ontvanger=ontvanger.partij,
            rol=ontvanger.rol,
            doel=uitwisseling.doel,
            richting=uitwisseling.richting,
            berichtsoort=intake.soort,
            status=status,
            besluit=decision,
            gestaged=kept if status is Leveringstatus.AANGEHOUDEN else None,
            sinds=now,
            vervalt_op=until,
        )
        levering = self._account.stamps.levering(levering)
        content = None
        if status is not Leveringstatus.GEWEIGERD:
            part = bound(intake.inhoud, frozenset(kept))
            content = self._seal(row, levering.id, os.urandom(SALT_BYTES), part.data)
        return LeveringWrite(
            levering,
            event(levering, Gebeurtenissoort.BESLOTEN, now),
            content=content,
            enqueue=status is Leveringstatus.KLAAR,
        )

    def _fitting(
        self, row: LeerlingRow, levering: Levering, sealed: Sealed | None, decision: Decision
    ) -> tuple[bytes, Releasable, str] | None:
        """Salt, message and digest; None when not permitted, or no longer exactly what was given before."""
        permit = decision.permit
        if permit is None or sealed is None:
            return None
        salt, inhoud = self._open(row, levering, sealed)
        releasable = minimise(inhoud, permit)
        digest = hashlib.sha256(self._writer(releasable)).hexdigest()
        if levering.vastgelegde_hash not in (None, fingerprint(self._vault, levering.id, digest)):
            return None
        return salt, releasable, digest

    def _seal(self, row: LeerlingRow, levering: str, salt: bytes, data: dict[str, Any]) -> Sealed:
        plain = salt + orjson.dumps(data)
        return self._vault.seal(row.key, plain, b"levering:" + levering.encode())

    def _open(self, row: LeerlingRow, levering: Levering, sealed: Sealed) -> tuple[bytes, Inhoud]:
        plain = self._vault.open(row.key, sealed, b"levering:" + levering.id.encode())
        data = orjson.loads(plain[SALT_BYTES:])
        return plain[:SALT_BYTES], Inhoud(levering.berichtsoort, data)

    def _show(self, inhoud: Inhoud, decision: Decision) -> bytes | None:
        """For a preview: the same bytes a delivery under the same facts would have."""
        permit = decision.permit
        return self._writer(minimise(inhoud, permit)) if permit else None

    # ── 5. record ───────────────────────────────────────────────────────────────────────────────────

    def _describe(
        self,
        sender: Partij,
        verzending: Verzending,
        intake: Intake,
        row: LeerlingRow,
        now: dt.datetime,
        trace: str,
    ) -> Uitwisseling:
        return Uitwisseling(
            id=new_id(),
            afzender=sender.id,
            leerling=row.id,
            doel=verzending.doel,
            richting=intake.richting,
            berichtsoort=intake.soort,
            gevraagd=verzending.categorieen,
            alles_of_niets=verzending.alles_of_niets,
            vrije_tekst_nagekeken=verzending.vrije_tekst_nagekeken,
            ontvangen_op=now,
            correlatie=trace,
            bladhash="",
            in_antwoord_op=verzending.in_antwoord_op,
        )

    async def _keep_home(
        self, levering: Levering, case: Case, decision: Decision, regels: Regels, now: dt.datetime
    ) -> Moved | None:
        """Nothing goes after all. The decision is recorded; the recipient learns nothing."""
        row = case.row
        if decision.permit is not None:
            decision = refuse_repeat(decision)
        write, leaf = changed(self._account, levering, row, decision, now, Gebeurtenissoort.NIET_GEGEVEN)
        taken = await self._verzoeken.of(write.levering, case, regels, now)
        result = await self._storage.commit(
            Change(leaves=(leaf,), expect=Expectation(row.id, row.epoch), leveringen=(write,), taken=taken)
        )
        return None if isinstance(result, Committed) else Moved()

    async def _row(self, leerling: str) -> LeerlingRow:
        row = await self._storage.leerling(leerling)
        assert row is not None, "a levering has its leerling"
        return row


def fingerprint(vault: Vault, levering: str, digest: str) -> str:
    """What is kept of a SHA-256 (hex) of delivered bytes: keyed, so that nobody can try small messages."""
    return vault.fingerprint(f"levering\0{levering}\0{digest}".encode()).hex()


def _decide(
    request: Request, case: Case, regels: Regels, now: dt.datetime, levering: str | None = None
) -> Decision:
    glass = case.gewogen.offered(request, levering, now)
    if glass is not None:
        # Systems sign in here, not people: for whom it is at the recipient is what the weighing itself says.
        request = replace(request, ontvanger_persoon=glass.afweging.ontvanger_persoon)
    return decide(request, case.consents, case.authorities, case.gronden, glass, regels.beleid, now)


def decide_again(
    levering: Levering,
    uitwisseling: Uitwisseling,
    case: Case,
    regels: Regels,
    as_of: dt.datetime,
    velden: tuple[str, ...],
    weggelaten: Mapping[str, Reden],
    was: Leveringstatus | None,
) -> Decision:
    """On a levering whose message has these `velden`. `was`: its state before; None: it is new."""
    request = Request(
        decision_id=new_id(),
        eigenaar=case.row.owner,
        afzender=levering.afzender,
        ontvanger=Ontvanger(partij=levering.ontvanger, rol=levering.rol),
        partij=regels.partijen.get(levering.ontvanger),
        doel=levering.doel,
        richting=levering.richting,
        bericht=levering.berichtsoort,
        gevraagd=uitwisseling.gevraagd,
        velden=velden,
        weggelaten=weggelaten,
        alles_of_niets=uitwisseling.alles_of_niets,
        vrije_tekst_nagekeken=uitwisseling.vrije_tekst_nagekeken,
        eerder_toegestaan=was not in (None, Leveringstatus.AANGEHOUDEN),
        wacht=was is Leveringstatus.AANGEHOUDEN,
        consent_epoch=case.row.epoch,
        leerling=case.row.owner_ref,
    )
    return _decide(request, case, regels, as_of, levering.id)
