"""The coverage: what the line can do of a practice follows from what decides it, and from nothing else."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Final

import pytest

from gateway.practices.dekking import (
    ALLEEN_WIE,
    BEENSTANDEN,
    BERICHT_VAN,
    OBSTAKELS,
    STANDEN,
    Beenstand,
    Lijn,
    Obstakel,
    Praktijkstand,
    as_data,
    dekking,
    leg_lines,
    lijn_van,
    row_line,
    summary_lines,
    totalen,
)
from gateway.practices.tabel import UITWISSELINGEN, Been, Praktijk, parse_praktijken, shipped_praktijken
from gateway.register.regels import shipped_profiles
from schemas.messages.berichten import BERICHTEN
from schemas.people.hoedanigheden import Partijhoedanigheid as H
from schemas.people.toestemming import Gebruiksdoel
from tests.unit.gateway.practices.test_tabel import RULES, row

ON: Final = dt.date(2026, 11, 30)


def leg(text: str) -> Been:
    found = re.fullmatch(r"(\S+) (\w+) > (\w+) (\S+)(?: als (\w+))?", text)
    assert found is not None
    x, van, aan, flow, soort = found.groups()
    return Been("" if x == "-" else x, False, H(van), H(aan), None if flow == "-" else flow, soort)


@pytest.mark.parametrize(
    ("text", "stand", "obstacles"),
    [
        ("X1 onderwijs > jeugdhulp V56", Beenstand.GAAT, ()),
        ("X3 schoolmaatschappelijk_werk > onderwijs V53", Beenstand.GAAT, ()),
        ("X14 onderwijs > leerplicht_rmc V16", Beenstand.GAAT, ()),
        ("X6 toegang > jeugdhulp V48", Beenstand.BUITEN, ()),
        ("X1 toegang > toegang -", Beenstand.WACHT, ()),
        ("X19 leerplicht_rmc > toegang V20", Beenstand.WACHT, ()),
        ("X5 samenwerkingsverband > jeugdhulp V04", Beenstand.GAAT, ()),
        ("X19 samenwerkingsverband > onderwijsconsulent V08", Beenstand.GAAT, ()),
        ("X12 leerplicht_rmc > onderwijs V19", Beenstand.GAAT, ()),
        ("X6 onderwijs > samenwerkingsverband V01", Beenstand.MIST, (Obstakel.PROFIEL,)),
        ("X8 leerling > toegang V74", Beenstand.ZELF, ()),
        ("X1 onderwijs > jgz V24", Beenstand.GAAT, ()),
        ("X16 onderwijs > ouder V72", Beenstand.GAAT, ()),
        ("- jeugdhulp > leerling V69", Beenstand.GAAT, ()),
        ("X1 onderwijs > ouder V72", Beenstand.MIST, (Obstakel.PAAR, Obstakel.PROFIEL)),
        ("X9 jeugdhulp > jeugdhulp V51", Beenstand.GAAT, ()),
        ("X20 onderwijs > veilig_thuis V30", Beenstand.GAAT, ()),
        ("X12 onderwijs > onderwijs V09", Beenstand.GAAT, ()),
        ("X3 onderwijs > jeugdhulp V56", Beenstand.GAAT, ()),
        ("X9 onderwijs > jeugdhulp V56", Beenstand.MIST, (Obstakel.PAAR, Obstakel.PROFIEL)),
        ("- onderwijs > jeugdhulp V56", Beenstand.MIST, (Obstakel.CATALOGUS,)),
        ("- onderwijs > jeugdhulp V56 als ontwikkelingsperspectief", Beenstand.GAAT, ()),
        ("- onderwijs > samenwerkingsverband V01 als ontwikkelingsperspectief", Beenstand.GAAT, ()),
        ("- jeugdhulp > onderwijs V53 als hulpvraag", Beenstand.GAAT, ()),
        ("- toegang > wmo V63 als hulpvraag", Beenstand.MIST, (Obstakel.PROFIEL,)),
        ("X18 leerplicht_rmc > onderwijs V19", Beenstand.GAAT, ()),
    ],
)
def test_a_leg_goes_waits_or_lacks_something(
    text: str, stand: Beenstand, obstacles: tuple[Obstakel, ...]
) -> None:
    """A capacity, a pair, a message, a profile: each is asked of what decides it."""
    found = lijn_van(ON).been(leg(text))
    assert (found.stand, found.obstakels) == (stand, obstacles)


def test_a_profile_for_a_doel_of_which_no_rule_speaks_carries_nothing() -> None:
    """A leg goes by a rule, so what is shipped for another doel does not make it go."""
    (profiel,) = (p for p in shipped_profiles() if p.id == "arrangement-consulent-s2j-voorwaarden")
    other = profiel.model_copy(update={"doel": Gebruiksdoel.OVERSTAP})
    found = [
        Lijn(RULES, [p], ON).been(leg("X18 onderwijs > leerlingenvervoer V66")) for p in (profiel, other)
    ]
    assert [(b.stand, b.obstakels) for b in found] == [
        (Beenstand.GAAT, ()),
        (Beenstand.MIST, (Obstakel.PROFIEL,)),
    ]


@pytest.mark.parametrize(
    ("x", "stand", "obstacles"),
    [
        ("X7", Beenstand.REGEL, ()),
        ("X10", Beenstand.GAAT, ()),
        ("X11", Beenstand.GAAT, ()),
        ("X14", Beenstand.GAAT, ()),
        ("X21", Beenstand.ANONIEM, ()),
    ],
)
def test_what_is_about_nobody(x: str, stand: Beenstand, obstacles: tuple[Obstakel, ...]) -> None:
    """A rule answers it, a message that is about nobody goes, or there is none."""
    leg = Been(x, afgeleid=False)
    found = lijn_van(ON).been(leg)
    assert (found.stand, found.obstakels) == (stand, obstacles)
    if stand is Beenstand.GAAT:
        assert Lijn(RULES, (), ON).been(leg).obstakels == (Obstakel.PROFIEL,)


def test_it_follows_the_rules_and_the_profiles() -> None:
    """Take a rule away and it waits; take the profiles away and one is missing. So nothing is typed in."""
    ask = leg("X1 onderwijs > jeugdhulp V56")
    less = [r for r in RULES if r.id != "V56"]
    assert Lijn(less, shipped_profiles(), ON).been(ask).stand is Beenstand.WACHT
    assert Lijn(RULES, (), ON).been(ask).obstakels == (Obstakel.PROFIEL,)
    assert Lijn(RULES, shipped_profiles(), ON).been(ask).regels == ("V56@1",)


def test_every_exchange_has_its_message_type() -> None:
    """The types name their exchange in their own words, and ours are those; X21 has none that is sent."""
    for x in UITWISSELINGEN[:-1]:
        for soort in BERICHT_VAN[x]:
            assert re.match(rf"{x}\b", BERICHTEN[soort].__doc__ or ""), (x, soort)
    assert set(UITWISSELINGEN) - set(BERICHT_VAN) == {"X21"}


def one(text: str) -> Praktijk:
    (found,) = parse_praktijken(text, "eigen.toml", RULES)
    return found


def test_where_a_practice_stands() -> None:
    """Played only when all that may go does go, and a file plays it."""
    whole = one(row(benen=["X1 onderwijs > jeugdhulp V56", "X3 jeugdhulp > onderwijs V53"]))
    partly = one(row(benen=["X1 onderwijs > jeugdhulp V56", "- onderwijs > jeugdhulp V56"]))
    nothing = one(row(benen=["- onderwijs > jeugdhulp V56"]))
    told = one(row(benen=[], onderwerpen=["geen"], geenGegevens="Er is niemand."))

    def stand(p: Praktijk, *played: str) -> Praktijkstand:
        return dekking([p], lijn_van(ON), played)[0].stand

    assert stand(whole) is Praktijkstand.SPEELBAAR
    assert stand(whole, "S01") is Praktijkstand.GESPEELD
    assert stand(partly, "S01") is Praktijkstand.DEELS
    assert stand(nothing, "S01") is Praktijkstand.NIET
    assert stand(told, "S01") is Praktijkstand.ZONDER_GEGEVENS


def test_the_whole_table_is_told_with_totals() -> None:
    """All 98, every leg in one state, and every word has its Dutch."""
    rows = dekking(shipped_praktijken(), lijn_van(ON), ())
    counts = totalen(rows)
    assert sum(counts["praktijken"].values()) == len(rows)
    assert sum(counts["benen"].values()) == sum(len(r.benen) for r in rows)
    assert (set(OBSTAKELS), set(STANDEN), set(BEENSTANDEN)) == (
        set(Obstakel),
        set(Praktijkstand),
        set(Beenstand),
    )
    assert summary_lines(rows)[0] == "98 praktijken:"
    assert not any("in de weg" in line for line in summary_lines(rows)), "every leg that may go does go"
    without = dekking(shipped_praktijken(), Lijn(RULES, (), ON), ())
    assert any("in de weg" in line for line in summary_lines(without))
    assert all(line.endswith(".") for line in map(row_line, rows))
    by_id = {r.praktijk.id: r for r in rows}
    assert "wacht (RULE_UNKNOWN): X1 toegang > toegang -" in row_line(by_id["S50"])
    assert "geen code voor: MEE" in row_line(by_id["S12"])
    of = "X19 samenwerkingsverband > onderwijsconsulent V08"
    assert f"{ALLEEN_WIE}: {of}" in row_line(by_id["S65"])
    assert any(ALLEEN_WIE in line and of in line for line in leg_lines(by_id["S65"]))
    bare = [b["been"] for r in rows for b in as_data(r)["benen"] if b["alleenWie"]]
    at_table = [f"X5 onderwijs > leerplicht_rmc {v}" for v in ("V15", "V16")]
    assert sorted(set(bare)) == [
        "X12 leerplicht_rmc > onderwijs V19",
        of,
        *at_table,
        "X8 onderwijs > jgz V24",
    ]
    assert by_id["S06"].praktijk.geen_gegevens is not None
    assert any("Kaart en feiten: " in line for line in leg_lines(by_id["S50"]))
    held = [b for b in as_data(by_id["S50"])["benen"] if b["stand"] == "wacht"]
    assert [b["reden"] for b in held] == ["RULE_UNKNOWN"]


def test_the_obstacles_of_a_row_are_those_of_its_legs() -> None:
    """Without legs there is nothing in the way."""
    (found,) = dekking([p for p in shipped_praktijken() if p.id == "S16"], lijn_van(ON), ())
    assert set(found.obstakels) == {o for b in found.benen for o in b.obstakels}
    assert replace(found, benen=()).obstakels == ()
