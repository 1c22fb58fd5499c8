"""When toestemming is withdrawn after hand-over: who received it is told, answers, or is asked by the FGs.

What was not handed over needs none of this, because it is decided again and stays home (redeciding.py). A
notice is a Taak of the recipient. It is written in the commit of the withdrawal itself and never changes
after it: what a later withdrawal closes besides gets a notice of its own. So the signed text can be made each
time it is read, and is the same each time. A field is asked for once: not again while a notice about it waits
for its answer, and not after it was erased.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Final

from consent.rules import Cell
from consent.te_vragen import says_no
from gateway.account.leaves import Account, categories, label, new_id
from gateway.case.case import Case
from gateway.obligations.cellen import cel
from gateway.obligations.werkdagen import einde_van_werkdag
from gateway.ports.clock import Clock
from gateway.ports.keys import LedgerSigner
from gateway.ports.storage import Storage
from gateway.register.regels import Regelbron, Regels
from gateway.runtime.logs import Log
from gateway.runtime.settle import until_settled
from schemas.account.verantwoording import EventType, Leaf
from schemas.errors import Fault, InvalidMessage, NotFound
from schemas.events import FG_MISSING, WITHDRAWAL_ANSWERED
from schemas.exchange.intrekking import Intrekkingsantwoord, Intrekkingsbericht, Intrekkingsuitkomst
from schemas.exchange.taak import Taak, Taaksoort, Taakstatus
from schemas.exchange.uitwisseling import Levering
from schemas.people.feit import Feit
from schemas.people.partij import Partij
from schemas.people.toestemming import Bezwaar, Gebeurtenis, Toestemming
from schemas.storage.storage import Change, Committed, LeerlingRow, Moved, TaakWrite

_NOTICES_AT_ONCE: Final = 8
"""The number of notices about one levering that one read asks for. Hardly any levering has more."""
WERKDAGEN: Final = 5
"""The term for the answer of a recipient, and after it the term for the FGs (`consent.md` §8)."""
NA_STILTE: Final = "alsnog_beantwoord"
"""The outcome of an FG's taak when the recipient answers after all."""


class Intrekkingen:
    def __init__(
        self,
        storage: Storage,
        account: Account,
        signer: LedgerSigner,
        regels: Regelbron,
        clock: Clock,
        log: Log,
    ) -> None:
        self._storage, self._account, self._signer = storage, account, signer
        self._regels, self._clock, self._log = regels, clock, log

    # ── telling

    async def notices(
        self, before: Case, after: Case, fact: Feit, regels: Regels, now: dt.datetime
    ) -> tuple[tuple[TaakWrite, ...], tuple[Leaf, ...]]:
        """One notice per levering that was handed over on toestemming which `fact` takes away.

        A notice leaves out what is settled: fields that an open notice already asks for, and fields that the
        recipient erased. Such a field cannot have come back by the same levering, because withdrawn fields
        never return to its content. The earlier notices that settle a field are written again unchanged, so
        that an answer that comes in meanwhile makes this commit Moved.

        For the commit that records `fact`. It also works when the register holds no policy, for it only asks
        who may decide, and that stands in the law and in the facts.
        """
        moment = said_no_at(fact)
        if moment is None:
            return (), ()
        taken: list[TaakWrite] = []
        leaves: list[Leaf] = []
        delivered = tuple(filter(self._account.stamps.holds, await self._storage.delivered(after.row.id)))
        earlier = await self.of(delivered)
        for levering in delivered:
            if levering.persoon is not None:
                continue  # a person need not erase what he read about himself or his child
            closed = tuple(
                cell.categorie
                for cell in _cells(levering, regels)
                if _says_no(cell, after, regels, now) and not _says_no(cell, before, regels, now)
            )
            asked = {n.id: _settled(n) for n in earlier[levering.id]}
            had = _handed_over(levering, closed)
            taken += [_unchanged(n) for n in earlier[levering.id] if not asked[n.id].isdisjoint(had)]
            velden = tuple(v for v in had if all(v not in fields for fields in asked.values()))
            if not velden:
                continue
            closed = tuple(c for c in closed if any(label(levering.berichtsoort, v) == c for v in velden))
            notice = Taak(
                id=new_id(),
                soort=Taaksoort.INTREKKING_VERWERKEN,
                partij=levering.ontvanger,
                leerling=levering.leerling,
                sleutel=_key(levering.id, len(earlier[levering.id])),
                ontstaan_op=now,
                uiterlijk=einde_van_werkdag(now, WERKDAGEN),
                sinds=now,
                over=fact.id,
                levering=levering.id,
                doel=levering.doel,
                richting=levering.richting,
                ontvanger=levering.aan,
                categorieen=closed,
                velden=velden,
                ingetrokken_op=moment,
            )
            taken.append(TaakWrite(notice))
            leaves.append(self._leaf(EventType.WITHDRAWAL_NOTIFIED, notice, levering, after.row))
        return tuple(taken), tuple(leaves)

    async def of(self, leveringen: Sequence[Levering]) -> dict[str, tuple[Taak, ...]]:
        """For each levering all notices about it, the oldest first.

        Notices of a levering are numbered, so a few numbers are read at a time until one is missing.
        """
        found: dict[str, tuple[Taak, ...]] = {v.id: () for v in leveringen}
        left = [v for v in leveringen if v.overgedragen is not None]
        first = 0
        while left:
            asked = {_key(v.id, n): v for v in left for n in range(first, first + _NOTICES_AT_ONCE)}
            read = await self._storage.taken_by_sleutel([(v.ontvanger, key) for key, v in asked.items()])
            there = {notice.sleutel: notice for notice in read}
            for key, v in asked.items():
                if key in there:
                    found[v.id] += (there[key],)
            first += _NOTICES_AT_ONCE
            left = [v for v in left if len(found[v.id]) == first]
        return found

    async def known_to_sender(self, leveringen: Sequence[Levering]) -> dict[str, tuple[Taak, ...]]:
        """For each levering the notices that its sender may read.

        A notice because of a no that another partij recorded is left out: he may not learn of it.
        """
        found = await self.of(leveringen)
        recorded = [n.over for notices in found.values() for n in notices if n.over is not None]
        by = await self._storage.recorders(recorded)
        return {v.id: tuple(n for n in found[v.id] if by.get(n.over or "") == v.afzender) for v in leveringen}

    async def notice(self, partij: Partij, intrekking: str) -> tuple[Taak, Levering]:
        """The notice and its levering. Raises NotFound, the same for an unknown notice and somebody
        else's.
        """
        found = await self._storage.taak(intrekking)
        if (
            found is None
            or found.partij != partij.id
            or found.soort is not Taaksoort.INTREKKING_VERWERKEN
            or found.levering is None
        ):
            raise NotFound
        return found, await self._levering(found)

    def bericht(self, notice: Taak, levering: Levering) -> tuple[Intrekkingsbericht, str]:
        """What the recipient is told, as a value and signed with the key of the log (compact JWS)."""
        assert notice.ingetrokken_op is not None
        told = Intrekkingsbericht(
            intrekking_id=notice.id,
            levering_id=levering.id,
            afzender=levering.afzender,
            ontvanger=levering.ontvanger,
            rol=levering.rol,
            doel=levering.doel,
            richting=levering.richting,
            categorieen=notice.categorieen,
            velden=notice.velden,
            ingetrokken_op=notice.ingetrokken_op,
            gemeld_op=notice.ontstaan_op,
            antwoord_voor=notice.uiterlijk,
            log_naam=self._signer.name,
        )
        return told, self._signer.sign_receipt(told.model_dump_json().encode())

    # ── answering

    async def answer(self, partij: Partij, antwoord: Intrekkingsantwoord, jws: str) -> Taak:
        """The recipient says what he did. The last answer counts, and all of them stay in the account.

        `jws` is the signed answer, which the caller checked; it is kept sealed beside the leaf. Repeating the
        same answer is safe. An answer may also come after the term: it ends what the FGs had to look at.
        Raises NotFound, and InvalidMessage when it is about other fields.
        """
        return await until_settled(partial(self._answer_once, partij, antwoord, jws))

    async def _answer_once(self, partij: Partij, antwoord: Intrekkingsantwoord, jws: str) -> Taak | Moved:
        notice, levering = await self.notice(partij, antwoord.intrekking_id)
        if notice.antwoord is not None and _same(notice.antwoord, antwoord):
            return notice
        _fits(antwoord, notice)
        row, now = await self._row(levering), self._clock.now()
        answered = _done(notice, now, antwoord.uitkomst.value).model_copy(update={"antwoord": antwoord})
        leaf = self._leaf(
            EventType.WITHDRAWAL_ANSWERED, answered, levering, row, detail={"intrekkingsantwoord": jws}
        )
        # An answer after the term ends what the FGs had to look at.
        ended = [
            TaakWrite(_done(t, now, NA_STILTE), t.versie)
            for t in await self._storage.taken_of(levering.leerling)
            if t.sleutel == _silence(notice)
        ]
        done = await self._storage.commit(
            Change(leaves=(leaf,), taken=(TaakWrite(answered, notice.versie), *ended))
        )
        if not isinstance(done, Committed):
            return Moved()
        self._log(
            WITHDRAWAL_ANSWERED,
            intrekking=notice.id,
            ontvanger=partij.id,
            uitkomst=antwoord.uitkomst.value,
        )
        return answered

    # ── silence

    async def unanswered(self, notice: Taak, now: dt.datetime) -> Change:
        """The FGs of both sides get a taak. Where no FG is registered, the partij itself gets it.

        The sender itself does not get it when another partij recorded the no, because he would learn of that
        no by it.
        """
        levering = await self._levering(notice)
        regels = await self._regels.current_or_deny()
        told: dict[str, None] = {}
        for partij in (levering.afzender, levering.ontvanger):
            fgs = regels.fgs(partij)
            if not fgs:
                self._log(FG_MISSING, partij=partij)
                if partij == levering.ontvanger or await self._recorded_by(notice) == partij:
                    fgs = (partij,)
            told |= dict.fromkeys(fgs)
        taken = tuple(
            TaakWrite(
                Taak(
                    id=new_id(),
                    soort=Taaksoort.STILTE_BEKIJKEN,
                    partij=wie,
                    leerling=notice.leerling,
                    sleutel=_silence(notice),
                    ontstaan_op=now,
                    uiterlijk=einde_van_werkdag(now, WERKDAGEN),
                    sinds=now,
                    over=notice.id,
                    levering=levering.id,
                    doel=notice.doel,
                    richting=notice.richting,
                    ontvanger=notice.ontvanger,
                    categorieen=notice.categorieen,
                )
            )
            for wie in told
        )
        leaf = self._leaf(EventType.WITHDRAWAL_UNANSWERED, notice, levering, await self._row(levering))
        return Change(leaves=(leaf,), taken=taken, under=regels.under(now))

    # ── writing

    def _leaf(
        self,
        soort: EventType,
        notice: Taak,
        levering: Levering,
        row: LeerlingRow,
        detail: dict[str, str] | None = None,
    ) -> Leaf:
        said = notice.antwoord
        return self._account.happened(
            levering,
            row,
            soort,
            detail=detail,
            intrekking=notice.id,
            over=notice.over,
            categorieen_ingetrokken=notice.categorieen,
            velden_ingetrokken=notice.velden,
            uitkomst=said and said.uitkomst,
            bewaargrond=said and said.grond,
            wetsartikel=said and said.wetsartikel,
            velden_gewist=(said and said.gewist) or None,
        )

    async def _recorded_by(self, notice: Taak) -> str | None:
        fact = await self._storage.fact(notice.over or "")
        return None if fact is None else fact.recorded_by

    async def _levering(self, notice: Taak) -> Levering:
        found = await self._storage.levering(notice.levering or "")
        assert found is not None, "a notice is about a levering"
        return found

    async def _row(self, levering: Levering) -> LeerlingRow:
        row = await self._storage.leerling(levering.leerling)
        assert row is not None, "a levering has its leerling"
        return row


def _done(t: Taak, now: dt.datetime, uitkomst: str) -> Taak:
    """The next version of a taak, in which it is finished with this outcome."""
    return t.model_copy(
        update={
            "status": Taakstatus.AFGEHANDELD,
            "sinds": now,
            "uitkomst": uitkomst,
            "versie": t.versie + 1,
        }
    )


def said_no_at(fact: Feit) -> dt.datetime | None:
    """The moment of the no that this fact records; None when it records no such thing.

    A refusal or an objection after a permit takes it back as a withdrawal does, in whichever way it was
    recorded.
    """
    if isinstance(fact, Bezwaar) or (
        isinstance(fact, Toestemming) and fact.gebeurtenis is not Gebeurtenis.GEGEVEN
    ):
        return fact.moment
    return None


def _cells(levering: Levering, regels: Regels) -> tuple[Cell, ...]:
    """The cells of the levering that went because people agreed."""
    agreed = levering.op_toestemming
    if agreed is None:
        agreed = categories(levering.berichtsoort, levering.overgedragen or ())
    return tuple(cel(levering, c, regels) for c in agreed)


def _says_no(cell: Cell, case: Case, regels: Regels, now: dt.datetime) -> bool:
    return says_no(cell, case.consents, case.authorities, regels.beleid, now)


def _handed_over(levering: Levering, categorieen: tuple[str, ...]) -> tuple[str, ...]:
    """The paths of the fields in these categories that the recipient received."""
    return tuple(p for p in levering.overgedragen or () if label(levering.berichtsoort, p) in categorieen)


def _settled(notice: Taak) -> frozenset[str]:
    """The fields that need not be asked for again because of an earlier notice.

    Fields that the recipient keeps on another ground are asked for again, because that ground may be the very
    toestemming that ends now.
    """
    said = notice.antwoord
    if said is None:
        return frozenset(notice.velden)
    if said.uitkomst is Intrekkingsuitkomst.GEHOUDEN:
        return frozenset()
    return frozenset(said.gewist or notice.velden)


def _unchanged(notice: Taak) -> TaakWrite:
    return TaakWrite(notice.model_copy(update={"versie": notice.versie + 1}), notice.versie)


def _key(levering: str, nummer: int) -> str:
    return f"intrekking:{levering}:{nummer}"


def _silence(notice: Taak) -> str:
    return f"stilte:{notice.id}"


def _same(one: Intrekkingsantwoord, other: Intrekkingsantwoord) -> bool:
    """Whether two answers are equal but for the moment at which they were signed."""
    return one == other.model_copy(update={"beantwoord_op": one.beantwoord_op})


def _fits(antwoord: Intrekkingsantwoord, notice: Taak) -> None:
    partly = antwoord.uitkomst is Intrekkingsuitkomst.GEDEELTELIJK
    if partly and not set(antwoord.gewist) < set(notice.velden):
        text = "Noem velden van deze intrekking, en niet alle: anders is alles gewist."
        raise InvalidMessage((Fault("intrekking.andereVelden", "/jws", text),))
