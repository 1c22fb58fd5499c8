"""Changes that are written together, as rows for the function in commit.sql."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

import orjson

from adapters.stores.changes import closed_at
from adapters.stores.moments import moment
from schemas.base import Model
from schemas.exchange.taak import Taak
from schemas.storage.storage import (
    FIRST_TAAK,
    Change,
    Leerlingstempel,
    LeveringWrite,
    NewLeerling,
    TaakWrite,
    ZaakWrite,
)

_FIRST: Final = {"uitwisseling": 1, "taak": FIRST_TAAK, "postbus": 1, "zaak": 1}
"""The first number that a partij gets in each kind of list."""

Row = dict[str, Any]


def about(change: Change) -> Iterator[tuple[object, ...]]:
    """What the change reads and writes. Two changes of one batch may have none of this in common."""
    yield from (("leerling", leerling) for leerling in leerlingen(change))
    if (new := change.new_leerling) is not None:
        yield "leerling", new.id
        yield "index", new.partij, new.blind_index
    if (answer := change.answer) is not None:
        yield "answer", answer.partij, answer.key_hash
    yield from (("levering", write.levering.id) for write in change.leveringen)
    yield from (("levering", same.levering) for same in change.unchanged)
    yield from (("taak", *taak_key(made.taak)) for made in change.taken)
    yield from (("zaak", zaak.row.id) for zaak in change.zaken)
    if (link := change.koppeling) is not None:
        yield "koppeling", link.leerling, link.partij


def leerlingen(change: Change) -> Iterator[str]:
    """The leerlingen whose counters the change looks at or raises, and who were there before it."""
    new = None if change.new_leerling is None else change.new_leerling.id
    named = [] if change.expect is None else [change.expect.leerling]
    named += [sent.uitwisseling.leerling for sent in change.accepted]
    yield from (leerling for leerling in dict.fromkeys(named) if leerling != new)


def taak_key(taak: Taak) -> tuple[str, str]:
    """A taak is known by its occasion: a taak with another id for the same occasion was made meanwhile."""
    return taak.partij, taak.sleutel


class Batch:
    """Collects the rows of changes, in their order. `blobs` holds what JSON cannot."""

    def __init__(self, changes: list[Change]) -> None:
        self.blobs: list[bytes] = [b""]
        self._rows: dict[str, list[Any]] = defaultdict(list)
        self._drawn: Counter[tuple[str, str]] = Counter()
        for change_number, change in enumerate(changes, 1):
            self._change_number = change_number
            self._add_change(change)
        self._rows["numbers"] = [
            {"soort": soort, "partij": partij, "first": _FIRST[soort], "count": count}
            for (soort, partij), count in self._drawn.items()
        ]

    def json(self) -> str:
        return orjson.dumps({name: rows for name, rows in self._rows.items() if rows}).decode()

    def _add(self, name: str, **row: Any) -> None:
        rows = self._rows[name]
        rows.append({"change": self._change_number, "ord": len(rows), **row})

    def _at(self, blob: bytes | None) -> int | None:
        """The place of a blob among the blobs, counted from 1."""
        if blob is None:
            return None
        self.blobs.append(blob)
        return len(self.blobs)

    def _rank(self, soort: str, partij: str) -> int:
        """How many numbers of this list the batch wants, this one included."""
        self._drawn[soort, partij] += 1
        return self._drawn[soort, partij]

    def _add_change(self, change: Change) -> None:
        expect, new, answer = change.expect, change.new_leerling, change.answer
        self._rows["leerlingen"] += leerlingen(change)
        row: Row = {"register": change.of_register}
        if answer is not None:
            row |= {"answer_partij": answer.partij, "answer_at": self._at(answer.key_hash)}
        if new is not None:
            row |= {"owner": new.partij, "index_at": self._at(new.blind_index)}
            self._add_new(new, change.stempel)
        if expect is not None:
            row |= {"leerling": expect.leerling, "epoch": expect.epoch, "volgnummer": expect.volgnummer}
            row["accepted"] = expect.accepted
        self._add("changes", **row)
        self._add_raised(change)
        self._add_facts(change)
        for leaf in change.leaves:
            self._add(
                "leaves",
                id=leaf.id,
                soort=leaf.soort.value,
                canonical_at=self._at(leaf.canonical),
                detail_at=self._at(leaf.detail),
            )
        self._add_exchange(change)
        for made in change.taken:
            self._add_taak(made)
        for zaak in change.zaken:
            self._add_zaak(zaak)
        if answer is not None:
            self._add(
                "answers",
                partij=answer.partij,
                key_at=row["answer_at"],
                request_at=self._at(answer.request_hash),
                status=answer.status,
                body_at=self._at(answer.body),
                at=moment(answer.at),
                stamp_at=self._at(answer.stamp),
            )

    def _add_new(self, new: NewLeerling, stempel: Leerlingstempel | None) -> None:
        self._add(
            "nieuw",
            id=new.id,
            owner=new.partij,
            ref=new.ref,
            index_at=self._at(new.blind_index),
            key_at=self._at(new.key),
            identity_key_at=self._at(new.identity.key),
            identity_at=self._at(new.identity.content),
            lookalike_at=self._at(new.lookalike),
            **self._stamped(stempel),
        )

    def _stamped(self, stempel: Leerlingstempel | None) -> Row:
        if stempel is None:
            return {}
        return {"feitenhash_at": self._at(stempel.feitenhash), "stamp_at": self._at(stempel.stamp)}

    def _add_raised(self, change: Change) -> None:
        """What goes up for a leerling: once for all facts together, and once for each draw and each
        exchange.
        """
        raised: dict[str, Row] = {}
        new, expect = change.new_leerling, change.expect
        target = new.id if new else expect.leerling if expect else None
        counted = int(bool(change.facts))
        drawn = counted or int(change.expect is not None and change.expect.draw)
        if target is not None and (drawn or change.kijk_op is not None):
            day = change.kijk_op and change.kijk_op.toordinal()
            raised[target] = {"epoch": counted, "volgnummer": drawn, "accepted": 0, "kijk_op": day}
            if new is None:
                raised[target] |= self._stamped(change.stempel)
        for sent in change.accepted:
            row = raised.setdefault(sent.uitwisseling.leerling, {"epoch": 0, "volgnummer": 0})
            row["accepted"] = row.get("accepted", 0) + 1
        for leerling, row in raised.items():
            self._add("raised", id=leerling, **row)
        if change.kijk_op is not None:
            self._add("ended", id=target)

    def _add_facts(self, change: Change) -> None:
        for number, fact in enumerate(change.facts):
            self._add(
                "facts",
                id=fact.id,
                leerling=fact.leerling,
                kind=fact.kind,
                recorded_by=fact.recorded_by,
                recorded_at=moment(fact.recorded_at),
                key_at=self._at(fact.sealed.key),
                content_at=self._at(fact.sealed.content),
                leaf=change.leaves[number].id if number < len(change.leaves) else None,
            )

    def _add_exchange(self, change: Change) -> None:
        under = "" if change.under is None else str(change.under)
        for accepted in change.accepted:
            sent = accepted.uitwisseling
            self._add(
                "uitwisselingen",
                id=sent.id,
                afzender=sent.afzender,
                rank=self._rank("uitwisseling", sent.afzender),
                leaves=" ".join(accepted.leaves),
                json=_json(sent),
            )
        for write in change.leveringen:
            self._add_levering(write, under)
        for same in change.unchanged:
            self._add("versies", id=same.levering, versie=same.versie)
            self._add("unchanged", id=same.levering, under=under)
            self._add("ended", id=same.levering)
        if (link := change.koppeling) is not None:
            self._add(
                "koppelingen",
                partij=link.partij,
                ref=link.ref,
                leerling=link.leerling,
                levering=link.levering,
            )

    def _add_levering(self, write: LeveringWrite, under: str) -> None:
        levering, content = write.levering, write.content
        self._add("versies", id=levering.id, versie=write.expected)
        self._add(
            "leveringen",
            id=levering.id,
            uitwisseling=levering.uitwisseling,
            leerling=levering.leerling,
            ontvanger=levering.ontvanger,
            status=levering.status.value,
            rank=self._rank("postbus", levering.ontvanger) if write.enqueue else None,
            positie=levering.positie,
            vervalt_op=moment(levering.vervalt_op),
            lease_tot=None if levering.lease_tot is None else moment(levering.lease_tot),
            opgehaald=levering.opgehaald,
            overgedragen=int(levering.overgedragen is not None),
            versie=levering.versie,
            json=_json(levering),
            under=under,
            afzender=levering.afzender,
            telt_op=moment(write.event.op),
            volgnummer=write.event.volgnummer,
            event=_json(write.event),
        )
        if write.expected is not None:
            self._add("ended", id=levering.id)
        if content is not None:
            self._add(
                "contents",
                id=levering.id,
                key_at=self._at(content.key),
                content_at=self._at(content.content),
            )
        elif write.drop_content:
            self._add("contents", id=levering.id)

    def _add_zaak(self, write: ZaakWrite) -> None:
        z = write.row
        self._add(
            "zaken",
            id=z.id,
            soort=z.soort,
            leerling=z.leerling,
            expected=write.expected,
            versie=z.versie,
            key_at=self._at(z.sealed.key),
            content_at=self._at(z.sealed.content),
            stamp_at=self._at(z.stamp),
            vergeten_op=None if z.vergeten_op is None else moment(z.vergeten_op),
        )
        for partij in write.partijen:
            self._add("zaakpartijen", partij=partij, zaak=z.id, rank=self._rank("zaak", partij))

    def _add_taak(self, made: TaakWrite) -> None:
        taak = made.taak
        self._add(
            "taken",
            expected=made.expected,
            rank=self._rank("taak", taak.partij) if made.expected is None else None,
            id=taak.id,
            partij=taak.partij,
            sleutel=taak.sleutel,
            leerling=taak.leerling,
            status=taak.status.value,
            uiterlijk=moment(taak.uiterlijk),
            geescaleerd=int(taak.geescaleerd_op is not None),
            gesloten=None if (closed := closed_at(taak)) is None else moment(closed),
            json=_json(taak),
        )
        if made.expected is not None:
            self._add("ended", id=taak.id)


def _json(model: Model) -> str:
    """JSON of a model. One that was copied into a shape that cannot be read again fails here, before it is
    stored.
    """
    return model.model_dump_json(warnings="error")
