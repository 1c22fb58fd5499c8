"""JW305 and JW307: start and stop of help, as the voortgang of a toewijzing in an arrangement.

Nothing may be read from the order in which messages come in (OP080), so voortgang is kept in the order of
what happened: per start its temporary stops, then its definitive one, then the next start. Deleting is
taking that one row away; its key may be used again. The rules over several messages (no second start, no stop
without a start) are not repeated here: a message that breaks them is refused before it comes this far.
"""

from __future__ import annotations

from typing import Final

from adapters.ijw.bericht import JwBericht
from adapters.ijw.lezer import Lezer, code, nummer, partijen, rijen, van_soort
from adapters.ijw.toewijzing import met_toewijzingen, sleutel, zelfde_leerling
from adapters.xml.nodes import integer, text
from adapters.xml.parser import Node
from schemas.messages.arrangement import Arrangement
from schemas.messages.toewijzing import Hulpverloopstand, Toewijzing, Toewijzingstatus, Voortgang

ONDERBROKEN: Final = "20"
VERWIJDERD: Final = "3"
_ROWS: Final = {
    "JW305": ("Client", "StartProducten", "StartProduct"),
    "JW307": ("Client", "StopProducten", "StopProduct"),
}
_ORDER: Final = {stand: i for i, stand in enumerate(Hulpverloopstand)}
_GEEN_TOEWIJZING: Final = "Dit hoort bij geen toewijzing in dit arrangement."
_NIETS_TE_VERWIJDEREN: Final = "Wat hier wordt verwijderd, is niet eerder gemeld."


def verwerk_305(arrangement: Arrangement, bericht: JwBericht) -> Arrangement:
    """The arrangement with the starts of a 305, or without those it deletes.

    Repeating a message changes nothing. Raises InvalidMessage with every row that belongs to no toewijzing of
    the arrangement (a taakgericht 305 has no number, so it never does), that deletes what is not there, or
    whose dates our types do not hold; and for another client, as `verwerk_301` does.
    """
    return _verwerk(arrangement, bericht, "JW305")


def verwerk_307(arrangement: Arrangement, bericht: JwBericht) -> Arrangement:
    """The arrangement with the stops of a 307, or without those it deletes. Raises as `verwerk_305` does."""
    return _verwerk(arrangement, bericht, "JW307")


def vervalt(row: Node) -> bool:
    """Whether a row takes back one that was sent before."""
    return text(row, "StatusAanlevering") == VERWIJDERD


def gemeld(row: Node, place: str, lezer: Lezer) -> Voortgang:
    """A StartProduct or StopProduct as voortgang, whether it reports or deletes."""
    begin, reden = lezer.moet_datum(row, "Begindatum", place), code(row, "RedenBeeindiging")
    if reden is None:
        return Voortgang(stand=Hulpverloopstand.GESTART, op=begin)
    tijdelijk = reden.code == ONDERBROKEN
    return Voortgang(
        stand=Hulpverloopstand.TIJDELIJK_GESTOPT if tijdelijk else Hulpverloopstand.GESTOPT,
        op=lezer.moet_datum(row, "Einddatum", place),
        begonnen_op=begin,
        reden=reden,
    )


def starts_en_stops(bericht: JwBericht, lezer: Lezer) -> list[tuple[str, Node, Voortgang]]:
    """The rows of a 305 or 307, with their places."""
    found = rijen(bericht.inhoud, *_ROWS[bericht.soort])
    return [(place, row, gemeld(row, place, lezer)) for place, row in found]


def _verwerk(arrangement: Arrangement, bericht: JwBericht, soort: str) -> Arrangement:
    van_soort(bericht, soort)
    zelfde_leerling(arrangement, bericht)
    lezer = Lezer()
    known = {sleutel(t): t for t in arrangement.toewijzingen}
    # First what is deleted: a correction in one message may put the same facts back under another key.
    rows = sorted(
        starts_en_stops(bericht, lezer), key=lambda r: text(r[1], "StatusAanlevering") != VERWIJDERD
    )
    for place, row, stap in rows:
        found = _toewijzing(known, bericht, row)
        if found is None:
            lezer.fout("ijw.geen_toewijzing", place, _GEEN_TOEWIJZING)
        elif text(row, "StatusAanlevering") != VERWIJDERD:
            known[sleutel(found)] = _met(found, {*found.voortgang, stap})
        elif stap in found.voortgang:
            known[sleutel(found)] = _met(found, {*found.voortgang} - {stap})
        else:
            lezer.fout("ijw.niets_te_verwijderen", place, _NIETS_TE_VERWIJDEREN)
    lezer.sluit()
    return met_toewijzingen(arrangement, tuple(known[sleutel(t)] for t in arrangement.toewijzingen))


def _toewijzing(
    known: dict[tuple[str, int, str], Toewijzing], bericht: JwBericht, row: Node
) -> Toewijzing | None:
    gemeente, aanbieder = partijen(bericht)
    number = nummer(row)
    found = None if number is None else known.get((gemeente, integer(number) or 0, ""))
    if found is None or found.status is Toewijzingstatus.VERWIJDERD:
        return None
    return found if found.aanbieder in {None, aanbieder} else None


def _met(toewijzing: Toewijzing, stappen: set[Voortgang]) -> Toewijzing:
    def when(v: Voortgang) -> tuple[object, ...]:
        return v.begonnen_op or v.op, _ORDER[v.stand], v.op, v.reden.code if v.reden else ""

    return toewijzing.model_copy(update={"voortgang": tuple(sorted(stappen, key=when))})
