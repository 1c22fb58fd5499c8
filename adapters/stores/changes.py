"""What every engine checks of a Change before it writes: one place, so that engines cannot differ in it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from schemas.exchange.taak import BLIJFT, TAAK_OVERGANGEN, Taak, Taakstatus
from schemas.exchange.uitwisseling import OVERGANGEN, Levering, Leveringstatus
from schemas.storage.storage import Change, Expectation, LeveringWrite


class ContractBroken(AssertionError):
    """The caller's code is wrong, not the world: nothing was written, repeating does not help."""


class Present(NamedTuple):
    """What is stored of a levering that is about to be written over."""

    versie: int
    status: Leveringstatus
    positie: int | None


def check_change(change: Change) -> None:
    """Raises ContractBroken for a change that no state of the store could make right."""
    new, expect = change.new_leerling, change.expect
    _must(new is None or expect is None, "a leerling is either new or expected")
    target = new.id if new else expect.leerling if expect else None
    _must(all(fact.leerling == target for fact in change.facts), "facts are of the new or expected leerling")
    told = {leaf.id for leaf in change.leaves}
    for sent in change.accepted:
        _must(bool(sent.leaves) and told.issuperset(sent.leaves), "nothing is accepted without an account")
    for write in change.leveringen:
        versie = 0 if write.expected is None else write.expected + 1
        _must(write.levering.versie == versie, "a levering carries the version it will have")
        _must(write.event.volgnummer == versie + 1, "every write has the next event")
        _must(not (write.drop_content and write.content), "content is replaced or destroyed, not both")
    if change.stempel is not None and new is None:
        _must(
            expect is not None and expect.volgnummer is not None and (expect.draw or bool(change.facts)),
            "who stamps a leerling raises his counters, and expects both of them",
        )
    ids = [write.levering.id for write in change.leveringen] + [same.levering for same in change.unchanged]
    _must(len(set(ids)) == len(ids), "a levering is written once per change, or left as it is")
    _must(not change.unchanged or change.under is not None, "what was decided again says under what")
    _must(change.kijk_op is None or target is not None, "a day to look is that of a leerling")
    for made in change.taken:
        versie = 0 if made.expected is None else made.expected + 1
        _must(made.taak.versie == versie, "a taak carries the version it will have")
    for zaak in change.zaken:
        _must(zaak.row.versie > (zaak.expected or 0), "a next version of a zaak has more steps")
    _must(len({z.row.id for z in change.zaken}) == len(change.zaken), "a zaak is written once per change")
    keys = {(made.taak.partij, made.taak.sleutel) for made in change.taken}
    _must(len(keys) == len(change.taken), "a taak is written once per change")


def as_expected(expect: Expectation, epoch: int, volgnummer: int, accepted: int) -> bool:
    """Whether the stored counters of a leerling are those on which the decision was based."""
    return (
        epoch == expect.epoch
        and expect.volgnummer in (None, volgnummer)
        and expect.accepted in (None, accepted)
    )


def check_write(write: LeveringWrite, present: Present | None) -> None:
    """Raises ContractBroken when the step is not in the state table or the postbus would lose its order."""
    levering = write.levering
    if present is not None and present.status is not levering.status:
        _must(
            levering.status in OVERGANGEN[present.status],
            f"no step from {present.status.value} to {levering.status.value}",
        )
    if write.enqueue:
        _must(levering.status is Leveringstatus.KLAAR, "only what is klaar stands in the postbus")
        return
    _must(
        levering.positie is None or (present is not None and levering.positie == present.positie),
        "only the store gives postbus positions",
    )
    _must(
        levering.status is not Leveringstatus.KLAAR or levering.positie is not None,
        "what is klaar stands in the postbus",
    )


def check_taak(taak: Taak, present: Taak | None) -> None:
    """Raises ContractBroken when a next version is about something else, or its step is not in the table."""
    if present is None:
        return
    same = (taak.id, taak.partij, taak.leerling, taak.sleutel) == (
        present.id,
        present.partij,
        present.leerling,
        present.sleutel,
    )
    _must(same, "a next version is of the same taak")
    _must(
        taak.status is present.status or taak.status in TAAK_OVERGANGEN[present.status],
        f"no step from {present.status.value} to {taak.status.value}",
    )


def closed_at(taak: Taak) -> dt.datetime | None:
    """The moment since which it waits to be forgotten. None when it is open, or of a kind that stays."""
    return None if taak.status is Taakstatus.OPEN or taak.soort in BLIJFT else taak.sinds


def placed(write: LeveringWrite, positie: int | None) -> Levering:
    """The levering in the form in which it is stored. `positie` is the one just drawn, if any."""
    if positie is None:
        return write.levering
    return write.levering.model_copy(update={"positie": positie})


def _must(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as the sentence it is
    if not holds:
        raise ContractBroken(what)
