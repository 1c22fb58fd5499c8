"""In whose name a message of a new capacity speaks."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Final

import pytest

from consent.beleid import Beleid
from gateway.exchange.intake.wie import own_name_faults, own_number_faults
from gateway.register.regels import Regels
from schemas.messages.arrangement import Arrangement
from schemas.people.partij import Partij, Partijsoort
from schemas.publication.voorbeelden import VOORBEELDEN

ON: Final = dt.date(2026, 11, 30)


def a_sender(hoedanigheid: str, **numbers: Any) -> Partij:
    row = {
        "id": "oin:99999999000000000041",
        "soort": "andere",
        "naam": "Verzonnen partij",
        "hoedanigheid": hoedanigheid,
    } | numbers
    return Partij.model_validate_json(json.dumps(row))


def partnered(soort: str, waarde: str) -> Arrangement:
    partner = {
        "sleutel": "p9",
        "soort": "anders",
        "naam": "Verzonnen partij",
        "identificaties": [{"soort": soort, "waarde": waarde}],
    }
    told = VOORBEELDEN["arrangement"] | {"partners": [partner]}
    return Arrangement.model_validate_json(json.dumps(told))


@pytest.mark.parametrize(
    ("sender", "soort", "own", "other"),
    [
        (
            a_sender("samenwerkingsverband", kenmerken={"swvNummer": "PO9901"}),
            "swv_nummer",
            "PO9901",
            "PO9902",
        ),
        (a_sender("jgz", agb="99999911"), "agb", "99999911", "99999912"),
        (a_sender("wmo", gemeentecode="9998"), "gemeentecode", "9998", "9997"),
        (a_sender("onderwijsconsulent", kenmerken={"kvk": "99999991"}), "kvk", "99999991", "99999992"),
        (
            a_sender("politie", oin="99999999000000000041"),
            "oin",
            "99999999000000000041",
            "99999999000000000042",
        ),
    ],
    ids=lambda v: v.hoedanigheid if isinstance(v, Partij) else "",
)
def test_who_is_numbered_so_stands_among_the_partners(
    sender: Partij, soort: str, own: str, other: str
) -> None:
    """By the number that its capacity can have: it may not send an arrangement in which another stands in its
    place. Where nobody is named by that number nothing is said of it.
    """
    rules = Regels({sender.id: sender}, Beleid({}, ""))

    def found(arrangement: Arrangement) -> list[tuple[str, str]]:
        return [(f.code, f.place) for f in own_name_faults(sender, arrangement, rules, ON)]

    absent = [("afzender.doetNietMee", "/bericht/inhoud/partners")]
    assert found(partnered(soort, own)) == []
    assert found(partnered(soort, other)) == absent
    assert found(partnered("intern", "x-1")) == []


def test_copies_of_messages_are_those_of_who_gives_them() -> None:
    """A gemeente by its code, who helps by the AGB; each with its place; the other side is not asked."""
    gemeente = Partij(id="gemeente:0363", soort=Partijsoort.GEMEENTE, naam="Fictief")
    aanbieder = Partij(id="agb:99999901", soort=Partijsoort.JEUGDHULPAANBIEDER, naam="Fictief")
    rules = Regels({p.id: p for p in (gemeente, aanbieder)}, Beleid({}, ""))

    def said(sender: Partij, agb: str, code: str) -> list[tuple[str, str]]:
        found = own_number_faults(sender, [("/a", agb)], [("/g", code)], rules)
        return [(f.code, f.place) for f in found]

    assert said(gemeente, "99999901", "0363") == said(aanbieder, "99999901", "0363") == []
    assert said(gemeente, "99999902", "0363") == said(aanbieder, "99999901", "0518") == []
    assert said(gemeente, "99999901", "0518") == [("afzender.andereGemeente", "/g")]
    assert said(aanbieder, "99999902", "0363") == [("afzender.andereAanbieder", "/a")]
