"""The table of flows: it says what the fact base says, and a table that does not hold together is refused."""

from __future__ import annotations

import datetime as dt
import tomllib
from itertools import product
from typing import Any

import pytest

from consent.plek import Plek
from consent.rules import AVG, Cell
from consent.signers import signers
from consent.stromen import (
    ORGANISATIES,
    ZWAK,
    Kracht,
    Nummerregel,
    Stand,
    Stroomregel,
    met_wijziging,
    parse_stromen,
)
from consent.stroomoordeel import Stroomreden, Stroomvraag, oordeel
from consent.voorwaarden import LEEFTIJD, NAMEN, Feiten, alle, bekend, geldt, namen_in
from schemas.base import Gegevenscategorie as G
from schemas.errors import InvalidMessage
from schemas.people.hoedanigheden import EIGENSCHAPPEN, Partijhoedanigheid
from schemas.people.toestemming import Gebruiksdoel, Richting
from tests.builders import NOW, P1, P2, YOUTH, authorities, beleid, heen, terug
from tests.conftest import ROOT
from tests.unit.consent import lezing_stromen as lezing
from tests.unit.consent.stroomhulp import ON, TEXT, geboren, tabel, waaronder

P = Partijhoedanigheid
LETTER = {Kracht.VERBOD: "X", Kracht.PLICHT: "D", Kracht.MAG: "M", Kracht.TOESTEMMING: "T"}
NUMMER = {Nummerregel.VERPLICHT: "R", Nummerregel.MAG: "A", Nummerregel.VERBODEN: "F"}


ALSO = {"WVO 2020 8.15(5)": "WVO 2020 8.14", "WVO 2020 8.23(3)": "WVO 2020 8.20"}
"""Articles that are one norm together with another."""


def letter(r: Stroomregel) -> str:
    if not r.soorten:
        return "-"
    return "?" if r.stand is Stand.AANGEHOUDEN else LETTER[r.kracht]


# ── the table of today


def test_every_flow_of_the_matrix_is_there() -> None:
    """V01 to V76, and nothing that is not in it."""
    assert {r.id[:3] for r in tabel().regels} == {f"V{n:02}" for n in range(1, 77)}


BOTH = pytest.mark.parametrize("on", [ON, dt.date(2025, 12, 31)], ids=str)
"""Today, and before the last change of the law that the table knows."""


@BOTH
def test_the_table_is_the_matrix(on: dt.date) -> None:
    """Pair by pair, with its letter and what it says of a number, as somebody else read it."""
    built = {
        (r.id[:3], v.value, a.value, letter(r), NUMMER[r.nummer])
        for r in tabel().op(on)
        for v, a in product(r.van, r.aan)
    }
    assert built == lezing.cellen([h.value for h in ORGANISATIES])


def test_what_is_decided_and_not_carried() -> None:
    """§5 and the rows outside the gateway."""
    built = {r.id[:3] for r in tabel().op(ON) if not r.gedragen and P.DUO not in r.aan}
    assert built == {n for n in lezing.NOT_CARRIED if " " not in n}
    assert {r.id for r in tabel().op(ON) if P.DUO in r.aan and not r.gedragen} == {"V16d"}


@BOTH
def test_the_conditions_are_those_of_the_matrix(on: dt.date) -> None:
    """Also as somebody else read them; nothing holds under less, and nothing asks more."""
    until = "jonger_dan(27)" if on == ON else "jonger_dan(23)"  # of V17: the Doorstroompunt since 2026
    read = sorted(line.replace("jonger_dan(27)", until) for line in lezing.WHEN.split("\n") if line)
    built = [f"{r.id[:3]} {letter(r)} {'; '.join(r.als)}" for r in tabel().op(on) if r.als]
    assert sorted({*built}) == read


@BOTH
def test_the_functions_are_those_of_the_matrix(on: dt.date) -> None:
    """A leerplichtambtenaar is no RMC-consulent, and only the hoofd gives what leerplicht asks."""
    built: dict[str, set[str]] = {}
    for r in tabel().op(on):
        for functie in r.functies:
            built.setdefault(functie, set()).add(r.id[:3])
    found = {f: " ".join(sorted(ids)) for f, ids in built.items()}
    assert found == lezing.ONLY_TO
    assert {(r.id, *r.van_functies) for r in tabel().op(ON) if r.van_functies} == {("V15", "directeur")}


def test_what_must_be_uitdrukkelijk_is() -> None:
    """And said again from eighteen where the law asks that."""
    built = {r.id[:3]: r.opnieuw_vanaf for r in tabel().op(ON) if r.uitdrukkelijk}
    assert built == lezing.EXPLICIT


@pytest.mark.parametrize("which", lezing.CELLS)
def test_the_most_that_a_rule_speaks_of(which: str) -> None:
    """Where the fact base names categories."""
    number, kind = which.split()
    (r,) = [r for r in tabel().op(ON) if r.id[:3] == number and letter(r) == kind]
    assert {s.value for s in r.soorten} == set(lezing.CELLS[which].split())


def test_every_row_names_where_it_stands() -> None:
    """Articles that are on the list of norms, and the same copy and day of reading as there."""
    norms = tomllib.loads((ROOT / "gateway/explain/normen.toml").read_text(encoding="utf-8")).values()
    by_name = {n.get("kort", n["naam"]): n for n in norms}
    for r in tabel().regels:
        for place in r.wet:
            norm = by_name.get(place.artikel) or by_name[ALSO.get(place.artikel, place.artikel.split("(")[0])]
            assert (place.tekst_van, place.gelezen_op) == (norm.get("tekst_van"), norm.get("gelezen_op"))


def test_no_duty_rests_on_what_nobody_looked_up() -> None:
    """The table itself, not only what is refused."""
    for r in tabel().regels:
        assert r.kracht is not Kracht.PLICHT or any(w.zeker not in ZWAK for w in r.wet)


def test_what_rests_on_an_article_that_will_change_says_so() -> None:
    """Jeugdwet 7.3.11 is announced to change on 1 January 2027."""
    for r in tabel().op(ON):
        on_it = any("7.3.11" in w.artikel for w in r.wet)
        assert r.verwachte_wijziging == (dt.date(2027, 1, 1) if on_it else None)
    assert tabel().verwacht(dt.date(2026, 12, 31)) == ()
    assert "V53" in {r.id for r in tabel().verwacht(dt.date(2027, 1, 1))}


CONSENT = [(r, v) for r in tabel().op(ON) if r.kracht is Kracht.TOESTEMMING for v in r.van]


@pytest.mark.parametrize(("r", "van"), CONSENT, ids=[f"{r.id}-{v}" for r, v in CONSENT])
def test_whose_toestemming_each_row_asks(r: Stroomregel, van: Partijhoedanigheid) -> None:
    """By the column of who sends, whoever receives; and at each age the people of that column."""
    flow = Stroomvraag(
        Plek(van, (r.van_functies or (None,))[0]),
        Plek(r.aan[0], (r.functies or (None,))[0]),
        r.doelen[0],
        r.soorten,
    )
    asked = oordeel(flow, waaronder(r), (r,), ON)
    kolom = lezing.KOLOM[van.value]
    assert {(c.reden, c.kolom) for c in asked.cellen} == {(Stroomreden.CONSENT_NEEDED, Richting(kolom))}
    line = heen if kolom == "S2J" else terug
    for age, by_kolom in lezing.SIGN.items():
        cell = Cell(categorie=G.CONTACT, **line(richting=Richting(kolom)))
        found = signers(cell, authorities(age=age), beleid(), NOW).required
        told = {("gezag" if p in {P1, P2} else "leerling"): functies for p, functies in found.items()}
        assert set(found) <= {P1, P2, YOUTH}
        assert {
            who: {"avg" if f is AVG else "waiver" for f in functies} for who, functies in told.items()
        } == {who: set(what.split()) for who, what in by_kolom[kolom].items()}


def test_conditions_of_the_fact_base_are_there() -> None:
    """Each predicate of §7, by our name; that people agreed is no condition but the kind of the rule."""
    ours = {
        "age_lt": "jonger_dan",
        "age_ge": "minstens",
        "ots_active": "ots_loopt",
        "gi_voogd": "gi_is_voogd",
        "enrolled": "ingeschreven",
        "registered_at": "aangemeld",
        "leaving": "gaat_over",
        "lpw_applies": "leerplichtig",
        "hours16in4weeks": "zestien_uur",
        "requested_by_recipient": "gevraagd",
        "necessary_declared": "nodig",
        "directly_involved": "direct_betrokken",
        "convenant_valid": "convenant_geldt",
        "mandate_ok": "mandaat",
    }
    assert set(ours.values()) <= {*NAMEN, *LEEFTIJD}
    used = {n for r in tabel().regels for text in r.als for n in namen_in(text)}
    assert {*NAMEN, *LEEFTIJD} - used == {"convenant_geldt", "mandaat"}  # asked of the exchange, not of a row


# ── conditions


@pytest.mark.parametrize(
    ("text", "facts", "holds"),
    [
        ("nodig", Feiten(nodig=True), True),
        ("nodig", Feiten(nodig=False), False),
        ("nodig", Feiten(), None),
        ("niet nodig", Feiten(nodig=True), False),
        ("niet nodig", Feiten(), None),
        ("aangemeld of ingeschreven", Feiten(ingeschreven=True), True),
        ("aangemeld of ingeschreven", Feiten(ingeschreven=False), None),
        ("aangemeld of ingeschreven", Feiten(aangemeld=False, ingeschreven=False), False),
        ("jonger_dan(18)", Feiten(geboren=geboren(17)), True),
        ("jonger_dan(18)", Feiten(geboren=geboren(18)), False),
        ("minstens(18)", Feiten(geboren=geboren(18)), True),
        ("minstens(18)", Feiten(geboren=geboren(17)), False),
        ("niet minstens(18)", Feiten(geboren=geboren(17)), True),
        ("minstens(18)", Feiten(), None),
        ("minstens(18)", Feiten(geboren=(*geboren(17), *geboren(18))), None),
        ("minstens(18)", Feiten(geboren=(dt.date(2030, 1, 1),)), None),
        ("bestaat_niet", Feiten(), None),
    ],
)
def test_a_condition_is_three_valued(text: str, facts: Feiten, holds: bool | None) -> None:
    """What is not known is not denied, and an age is known when every possible one gives the same answer."""
    assert geldt(text, facts, ON) is holds


@pytest.mark.parametrize(
    ("facts", "holds"),
    [
        (Feiten(nodig=True, gevraagd=True), True),
        (Feiten(nodig=True), None),
        (Feiten(nodig=False), False),
    ],
)
def test_all_conditions_must_hold(facts: Feiten, holds: bool | None) -> None:
    """One that does not settles it, also where another is not known."""
    assert alle(("nodig", "gevraagd"), facts, ON) is holds


@pytest.mark.parametrize("text", ["", "Nodig", "nodig(3)", "jonger_dan", "nodig of", "nodig en gevraagd"])
def test_there_is_no_other_language(text: str) -> None:
    """A condition that is none of ours is refused, not guessed at."""
    assert not bekend(text)
    assert namen_in(text) == ()


# ── what is refused


def regel(**kw: Any) -> str:
    fields: dict[str, Any] = {
        "id": "V90",
        "versie": 1,
        "wat": "Verzonnen regel",
        "kracht": "mag",
        "van": ["onderwijs"],
        "aan": ["samenwerkingsverband"],
        "doelen": ["opp"],
        "soorten": ["contact"],
        "profiel": "verzonnen",
        "wet": [{"artikel": "AVG 6", "zeker": "leidraad"}],
        "geldigVanaf": dt.date(2015, 1, 1),
    } | kw
    return "[[regel]]\n" + "".join(f"{k} = {_toml(v)}\n" for k, v in fields.items() if v is not None)


def _toml(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case _:
            return str(value)


def faults(text: str) -> list[tuple[str, str, int | None]]:
    with pytest.raises(InvalidMessage) as caught:
        parse_stromen(text, "wet.toml")
    return [(f.code, f.place, f.line) for f in caught.value.faults]


def test_the_rule_of_these_tests_is_right() -> None:
    """Otherwise each refusal below could be of something else."""
    (r,) = parse_stromen(regel()).regels
    assert (r.sleutel, r.naam) == ("V90@1", "V90")


TEKENT: dict[str, Any] = {"kracht": "toestemming", "profiel": None}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"van": ["bestaat_niet"]}, "stroom.hoedanigheid", "van/0"),
        ({"aan": ["*", "onderwijs"]}, "stroom.hoedanigheid", "aan/0"),
        ({"aan": ["schoolmaatschappelijk_werk"]}, "stroom.hoedanigheid", "aan"),
        ({"van": ["schoolmaatschappelijk_werk"]}, "stroom.hoedanigheid", "van"),
        ({"doelen": ["gezellig"]}, "stroom.doel", "doelen/0"),
        ({"doelen": []}, "stroom.doel", "doelen"),
        ({"soorten": ["bestaat_niet"]}, "stroom.soort", "soorten/0"),
        ({"soorten": ["contact", "derden"]}, "stroom.soort", "soorten/1"),
        ({"soorten": [], "kracht": "plicht"}, "stroom.soort", "soorten"),
        ({"als": ["nodig", "volle_maan"]}, "stroom.voorwaarde", "als/1"),
        ({"wet": []}, "stroom.wet", "wet"),
        ({"wet": [{"artikel": "AVG 6"}]}, "stroom.wet", "wet/0/zeker"),
        ({"wet": [{"zeker": "wet"}]}, "stroom.wet", "wet/0/artikel"),
        ({"wet": [{"artikel": "AVG 6", "zeker": "vast wel"}]}, "stroom.wet", "wet/0/zeker"),
        ({"wet": [{"artikel": "AVG 6", "zeker": "wet"}]}, "stroom.wet", "wet/0"),
        (
            {"kracht": "plicht", "wet": [{"artikel": "AVG 15", "zeker": z} for z in ("kennis", "afspraak")]},
            "stroom.plicht",
            "wet",
        ),
        ({"profiel": None}, "stroom.profiel", "profiel"),
        ({"functies": ["directeur"]}, "stroom.functie", "functies"),
        ({"functies": ["bestaat_niet"]}, "stroom.functie", "functies/0"),
        ({"vanFuncties": ["huisarts"]}, "stroom.functie", "vanFuncties"),
        ({"vanFuncties": ["bestaat_niet"]}, "stroom.functie", "vanFuncties/0"),
        ({"regimes": ["jw"]}, "stroom.regime", "regimes"),
        ({"nummer": "mag"}, "stroom.nummer", "nummer"),
        ({"id": "W1"}, "stroom.id", "id"),
        ({"kracht": "soms"}, "stroom.vorm", "kracht"),
        ({"onbekend": 1}, "stroom.vorm", "onbekend"),
        (TEKENT, "stroom.kolom", "kolom"),
        (TEKENT | {"kolom": ["J2S"]}, "stroom.kolom", "kolom"),
        (TEKENT | {"van": ["toegang", "jeugdteam"], "kolom": ["S2J"]}, "stroom.kolom", "kolom"),
        ({"kolom": ["S2J"]}, "stroom.kolom", "kolom"),
        ({"uitdrukkelijk": True}, "stroom.kolom", "kolom"),
        ({"opnieuwVanaf": 18}, "stroom.kolom", "kolom"),
        ({"veto": True}, "stroom.veto", "veto"),
        ({"van": ["jeugdhulp"], "kracht": "plicht", "veto": True}, "stroom.veto", "veto"),
        ({"van": ["jeugdhulp", "jgz"], "regimes": ["wgbo"], "veto": True}, "stroom.veto", "veto"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_line(change: dict[str, Any], code: str, field: str) -> None:
    """Exactly this is told, with the file, the place and the line where a reader must look."""
    text = "\n# een regel wit\n" + regel(**change)
    name = field.split("/", maxsplit=1)[0]
    at = next((n for n, row in enumerate(text.splitlines(), 1) if row.startswith(f"{name} =")), 3)
    assert faults(text) == [(code, f"wet.toml/regel/0/{field}", at)]


def test_a_column_of_senders_under_both() -> None:
    """A row may have senders of both columns; then it states both."""
    both = parse_stromen(regel(**TEKENT, van=["toegang", "jeugdteam"], kolom=["S2J", "J2S"])).regels
    one = parse_stromen(regel(**TEKENT, van=["toegang", "jeugdteam"], regimes=["jw"], kolom=["J2S"])).regels
    assert [len(r.kolom) for r in (*both, *one)] == [2, 1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (regel() + regel(versie=2, geldigVanaf=dt.date(2026, 1, 1)), ("recht.dubbel", "geldigVanaf", 26)),
        (
            regel(geldigTot=dt.date(2026, 1, 1)) + regel(geldigVanaf=dt.date(2026, 1, 1)),
            ("recht.versie", "versie", 16),
        ),
        (regel() + regel(id="V91", geldigTot=dt.date(2015, 1, 1)), ("recht.dagen", "geldigTot", 27)),
    ],
)
def test_two_versions_never_hold_on_one_day(text: str, found: tuple[str, str, int]) -> None:
    """A later version begins where the one before it ends, and carries a higher number."""
    code, field, line = found
    index = 1
    ((got_code, place, got_line),) = faults(text)
    assert (got_code, place) == (code, f"wet.toml/regel/{index}/{field}")
    assert text.splitlines()[(got_line or 0) - 1].startswith(field)
    assert abs((got_line or 0) - line) <= 2


@pytest.mark.parametrize("text", ["", "regel = 3", "# niets\n", "[regel]\nid = 'V01'"])
def test_a_file_without_rules_is_refused(text: str) -> None:
    """An empty table would answer HOLD to everything, and nobody would see why."""
    assert faults(text) == [("stroom.vorm", "wet.toml/regel", None)]


def test_what_is_no_rule_is_refused() -> None:
    """Beside the rules nothing stands in the file, and a rule is a table."""
    assert ("stroom.vorm", "wet.toml/andere", None) in faults("andere = 1\n" + regel())
    assert [f[0] for f in faults("regel = [3]")] == ["stroom.vorm"]
    with pytest.raises(InvalidMessage):
        parse_stromen("dit is geen TOML")


def test_every_organisation_is_written_with_a_star() -> None:
    """And people never are: of them a rule always says who."""
    (r,) = parse_stromen(regel(van=["*"])).regels
    assert r.van == ORGANISATIES
    assert P.OUDER not in r.van
    assert set(ORGANISATIES) == set(EIGENSCHAPPEN) - {
        P.OUDER,
        P.OUDER_ZONDER_GEZAG,
        P.LEERLING,
        P.SCHOOLMAATSCHAPPELIJK_WERK,
    }


# ── a change


def test_a_change_is_a_next_version() -> None:
    """What held before goes on to its first day, and the version of before stays as it was."""
    first = dt.date(2027, 1, 1)
    now = parse_stromen(regel() + regel(id="V91", geldigTot=dt.date(2026, 1, 1)))
    later = met_wijziging(
        now,
        regel(versie=2, kracht="verbod", profiel=None, geldigVanaf=first)
        + regel(id="V91", versie=2, geldigVanaf=first)
        + regel(id="V92", geldigVanaf=first),
    )
    assert [r.sleutel for r in later.op(first - dt.timedelta(days=1))] == ["V90@1"]
    assert [r.sleutel for r in later.op(first)] == ["V90@2", "V91@2", "V92@1"]
    assert [r.sleutel for r in later.precies(["V90@1"])] == ["V90@1"]
    assert now.described != later.described
    assert now.described == parse_stromen(regel() + regel(id="V91", geldigTot=dt.date(2026, 1, 1))).described


def test_an_edit_is_refused() -> None:
    """The same version again, one that begins no later, and one that never holds."""
    now = parse_stromen(regel())
    for text in (
        regel(wat="Iets anders"),
        regel(versie=2),
        regel(versie=2, geldigVanaf=dt.date(2027, 1, 1), geldigTot=dt.date(2027, 1, 1)),
    ):
        with pytest.raises(InvalidMessage) as caught:
            met_wijziging(now, text)
        assert caught.value.faults[0].code in {"recht.versie", "recht.dagen"}
        assert caught.value.faults[0].place.startswith("wijziging.toml/regel/")


def test_a_rule_that_is_off_is_not_there() -> None:
    """Its next version says so; nobody takes a rule out of the file."""
    now = met_wijziging(parse_stromen(regel()), regel(versie=2, stand="uit", geldigVanaf=dt.date(2027, 1, 1)))
    assert now.op(dt.date(2027, 1, 1)) == ()
    assert len(now.regels) == 2


def test_a_switch_to_hold_is_ready() -> None:
    """What rests on Jeugdwet 7.3.11 waits from its day on with a next version that only says that."""
    first = dt.date(2027, 1, 1)
    text = TEXT[TEXT.index('id = "V53"') :].split("[[regel]]")[0]
    change = (
        "[[regel]]\n"
        + text.replace("versie = 1", "versie = 2")
        .replace("geldigVanaf = 2015-01-01", 'geldigVanaf = 2027-01-01\nstand = "aangehouden"')
        .split("\n# ──")[0]
    )
    later = met_wijziging(tabel(), change)
    flow = Stroomvraag(Plek(P.JEUGDHULP), Plek(P.ONDERWIJS), Gebruiksdoel.AFSTEMMING, (G.DOELEN,))
    (before,) = oordeel(flow, Feiten(), later.op(first - dt.timedelta(days=1)), first).cellen
    (after,) = oordeel(flow, Feiten(), later.op(first), first).cellen
    assert (before.reden, before.regels) == (Stroomreden.CONSENT_NEEDED, ("V53@1",))
    assert (after.reden, after.regels) == (Stroomreden.RULE_ON_HOLD, ("V53@2",))


def test_two_readings_of_one_table_are_one() -> None:
    """A policy is compared and kept by its table, so what is read twice must be the same."""
    assert (tabel() == tabel(), hash(tabel()) == hash(tabel())) == (True, True)
    assert tabel() != met_wijziging(tabel(), _next_version())
    assert tabel() != object()


def _next_version() -> str:
    text = TEXT[TEXT.index('id = "V53"') :].split("[[regel]]")[0].split("\n# ──")[0]
    return "[[regel]]\n" + text.replace("versie = 1", "versie = 2").replace(
        "geldigVanaf = 2015-01-01", 'geldigVanaf = 2027-01-01\nstand = "aangehouden"'
    )
