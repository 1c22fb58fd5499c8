"""What a message is about, and that it holds nothing of anything else.

What is about a group, a school or nobody has no place for one leerling: its schema has none, or the part that
has one is refused here. So nobody has to look for him in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.errors import Fault
from schemas.exchange.uitwisseling import Verzending
from schemas.messages.arrangement import Arrangement
from schemas.messages.bericht import Bericht
from schemas.messages.berichten import BERICHTEN, onderwerpen
from schemas.messages.onderwerp import Onderwerpsoort
from schemas.messages.tellingen import KLEINSTE_AANTAL, Populatiemeting, Verzuimtelling
from schemas.messages.toeleiding import Toeleidingsbesluit
from schemas.people.partij import Partij, Partijsoort

_INHOUD: Final = "/bericht/inhoud"
_VAN_EEN_GROEP: Final = frozenset(
    {
        *("kern", "collectief", "inrichting", "scholen", "partners", "auteurs", "ouderrol", "regie", "fasen"),
        *("regieafspraken", "beslisoverleg", "afspraken", "doelen", "factoren", "hulp", "evaluaties"),
        *("afsluiting", "herkomst"),
    }
)
"""The parts of an arrangement that a group can have. A part that is not named here is of one leerling."""


def about(sender: Partij, verzending: Verzending) -> Onderwerpsoort:
    """What the envelope says the message is about. An answer is about what it answers, whatever this says."""
    if verzending.bericht is None:
        return Onderwerpsoort.LEERLING
    if verzending.groep is not None:
        return Onderwerpsoort.GROEP
    can = onderwerpen(verzending.bericht.soort)
    if Onderwerpsoort.LEERLING in can:
        return Onderwerpsoort.LEERLING
    own = sender.soort is Partijsoort.SCHOOL and Onderwerpsoort.SCHOOL in can
    return Onderwerpsoort.SCHOOL if own else Onderwerpsoort.GEEN


def named_faults(verzending: Verzending) -> Iterator[Fault]:
    """Faults in what the envelope names beside what its type of message may be about."""
    bericht = verzending.bericht
    if bericht is not None and bericht.soort not in BERICHTEN:
        return  # that fault is told already
    can = onderwerpen("" if bericht is None else bericht.soort)
    if verzending.leerling is not None and Onderwerpsoort.LEERLING not in can:
        yield Fault("onderwerp.soort", "/leerling", "Dit bericht gaat nooit over één leerling.")
    if verzending.groep is None:
        return
    if Onderwerpsoort.GROEP not in can:
        yield Fault("onderwerp.soort", "/groep", "Dit bericht gaat nooit over een groep.")
    if verzending.leerling is not None:
        yield Fault("onderwerp.een", "/groep", "Noem een leerling of een groep, niet allebei.")
    if verzending.in_antwoord_op is not None:
        text = "Een antwoord gaat over hetzelfde als wat het beantwoordt; noem geen groep."
        yield Fault("onderwerp.een", "/groep", text)


def inside_faults(sender: Partij, bericht: Bericht, onderwerp: Onderwerpsoort) -> Iterator[Fault]:
    """Faults where a message is about something else than its envelope or the levering that it answers."""
    if onderwerp not in onderwerpen(bericht.soort):
        text = "Dit bericht kan niet gaan over waar die levering over gaat."
        yield Fault("onderwerp.anders", "/inAntwoordOp", text)
    elif onderwerp is Onderwerpsoort.LEERLING:
        if isinstance(bericht, Arrangement) and bericht.individueel is None:
            text = "Dit arrangement gaat over een groep, niet over één leerling. Noem de groep in /groep."
            yield Fault("bericht.zonderLeerling", f"{_INHOUD}/individueel", text)
    elif isinstance(bericht, Arrangement):
        for place in _of_one_leerling(bericht):
            text = "Dit gaat over één leerling, en dit bericht gaat over een groep."
            yield Fault("onderwerp.leerling", f"{_INHOUD}/{place}", text)
    elif isinstance(bericht, Toeleidingsbesluit):
        if bericht.leerling is not None:
            text = "Dit besluit noemt één leerling, en de envelop een groep."
            yield Fault("onderwerp.leerling", f"{_INHOUD}/leerling", text)
    elif isinstance(bericht, Populatiemeting | Verzuimtelling) and onderwerp is Onderwerpsoort.SCHOOL:
        place, cellen = _counted(bericht)
        other = next((i for i, brin in enumerate(cellen) if brin != sender.brin), None)
        if other is not None:
            text = "Een school telt hier alleen haar eigen leerlingen."
            yield Fault("afzender.andereSchool", f"{_INHOUD}/{place}/{other}/brin", text)


def _counted(bericht: Populatiemeting | Verzuimtelling) -> tuple[str, tuple[str, ...]]:
    """The school of each cell, and where they stand."""
    if isinstance(bericht, Populatiemeting):
        return "cellen", tuple(cel.brin for cel in bericht.cellen)
    return "tellingen", tuple(cel.brin for cel in bericht.tellingen)


def _of_one_leerling(bericht: Arrangement) -> Iterator[str]:
    """The places in an arrangement for a group that are about one leerling or his family."""
    yield from sorted(bericht.inhoud().data.keys() - _VAN_EEN_GROEP)
    for name, items in {"doelen": bericht.doelen, "factoren": bericht.factoren, "hulp": bericht.hulp}.items():
        yield from (f"{name}/{i}/over" for i, o in enumerate(items) if o.over == "leerling")
    yield from (f"evaluaties/{i}/betrokken" for i, e in enumerate(bericht.evaluaties) if e.betrokken)
    if bericht.afsluiting is not None and bericht.afsluiting.plaatsing is not None:
        yield "afsluiting/plaatsing"


def count_faults(bericht: Bericht, minst: int) -> Iterator[Fault]:
    """Counts below the least count of the region, in the messages that are counts. The schema refuses those
    below ours.
    """
    if isinstance(bericht, Populatiemeting):
        place, aantallen = "cellen", [cel.aantal for cel in bericht.cellen]
    elif isinstance(bericht, Verzuimtelling):
        place, aantallen = "tellingen", [cel.aantal for cel in bericht.tellingen]
    else:
        return
    for i, aantal in enumerate(aantallen):
        if aantal is not None and aantal < minst:
            text = "Zo'n klein aantal gaat in deze regio niet: laat het weg."
            yield Fault("onderwerp.klein", f"{_INHOUD}/{place}/{i}/aantal", text)


def small_counts(bericht: Bericht, minst: int = KLEINSTE_AANTAL) -> tuple[str, ...]:
    """The paths of counts of leerlingen that are so small that they point to a child: those stay home.

    `minst`: the least count of the region, never below ours. In the messages that are counts small ones are
    refused.
    """
    if not isinstance(bericht, Arrangement) or bericht.collectief is None:
        return ()
    of = {"groep": bericht.collectief.groep, "schoolpopulatie": bericht.collectief.schoolpopulatie}
    return tuple(
        f"collectief.{name}.omvang"
        for name, part in of.items()
        if part is not None and part.omvang is not None and part.omvang < minst
    )
