"""Which gemeente is responsible, and which road that gives: the law, its examples, and the whole space."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from schemas.checks.woonplaats import (
    GEMEENTEN,
    Antwoord,
    Gemeente,
    Verblijf,
    Vraag,
    Woonplaatsfeiten,
    Zekerheid,
    route,
    woonplaats,
)
from schemas.messages.inrichting import Woonplaatsregel, Woonplaatssoort
from schemas.messages.toeleiding import Route, Woonplaatsvraag

NU = dt.date(2026, 9, 1)
A, B, C, D = (Gemeente(code=code, op=NU) for code in ("0363", "0599", "0518", "0344"))


def feiten(**known: Any) -> Woonplaatsfeiten:
    given: dict[str, Any] = {"hulpvraag_op": NU, "geantwoord_door": "brp_gebruiker"} | known
    return Woonplaatsfeiten(**given)


def found(**known: Any) -> tuple[str, str | None, Vraag | None]:
    answer = woonplaats(feiten(**known))
    return answer.grond, answer.gemeente, answer.vraag


def test_f_18_pleegzorg_follows_the_address_of_before_it() -> None:
    """Pleegzorg in B, before that A, a GI holds the voogdij in C: A; for a hulpvraag of 2021 the stay, B."""
    known = {
        "in_nederland": True,
        "verblijf": Verblijf.PLEEGOUDER,
        "voor_verblijf": A,
        "werkelijk_verblijf": B,
        "woonadres": B,
        "gezag": C,
        "gi_voogdij": True,
        "meerderjarig": False,
    }
    assert found(**known) == ("JW 1.1 2°", "0363", None)
    then = dt.date(2021, 6, 1)
    before = {
        n: v.model_copy(update={"op": then}) if isinstance(v, Gemeente) else v for n, v in known.items()
    }
    assert found(**before, hulpvraag_op=then) == ("JW 1.1 (tot 2022)", "0599", None)


def test_f_19_a_gemeente_that_was_divided_is_asked_again() -> None:
    """An address in Haaren, looked up in 2020 and asked about in 2026, may be in any of four gemeenten."""
    haaren = Gemeente(code="0788", op=dt.date(2020, 5, 1))
    assert found(in_nederland=True, verblijf=Verblijf.GEEN, woonadres=haaren, in_onderzoek=False) == (
        "JW 1.1 1°",
        None,
        Vraag.GESPLITST,
    )


@pytest.mark.parametrize(
    ("known", "grond", "gemeente", "vraag"),
    [
        ({}, "1°", None, Vraag.IN_NEDERLAND),
        ({"in_nederland": False, "werkelijk_verblijf": D}, "4°", D, None),
        ({"in_nederland": False}, "4°", None, Vraag.WERKELIJK_VERBLIJF),
        ({"in_nederland": True}, "2°", None, Vraag.VERBLIJF),
        (
            {"in_nederland": True, "verblijf": Verblijf.WLZ_INSTELLING, "voor_verblijf": A},
            "2°",
            None,
            Vraag.WLZ,
        ),
        ({"in_nederland": True, "verblijf": Verblijf.DEELTIJD, "woonadres": A}, "2°", None, Vraag.DEELTIJD),
        (
            {"in_nederland": True, "verblijf": Verblijf.MOEDER_KIND_HUIS, "woonadres": A},
            "2°",
            None,
            Vraag.MOEDER_KIND_HUIS,
        ),
        (
            {"in_nederland": True, "verblijf": Verblijf.OPVANG, "woonadres": B},
            "2°",
            None,
            Vraag.VOOR_VERBLIJF,
        ),
        (
            {
                "in_nederland": True,
                "verblijf": Verblijf.OPVANG,
                "niet_te_bepalen": True,
                "moeder_ingezetene": True,
                "moeder": C,
            },
            "3°",
            C,
            None,
        ),
        (
            {"in_nederland": True, "verblijf": Verblijf.GEEN, "woonadres": A, "in_onderzoek": False},
            "1°",
            A,
            None,
        ),
        ({"in_nederland": True, "verblijf": Verblijf.GEEN, "woonadres": A}, "1°", None, Vraag.WOONADRES),
        (
            {"in_nederland": True, "verblijf": Verblijf.GEEN, "in_onderzoek": False},
            "1°",
            None,
            Vraag.WOONADRES,
        ),
        (
            {"in_nederland": True, "verblijf": Verblijf.GEEN, "woonadres": A, "in_onderzoek": True},
            "3°",
            None,
            Vraag.MOEDER,
        ),
        (
            {
                "in_nederland": True,
                "verblijf": Verblijf.GEEN,
                "in_onderzoek": True,
                "moeder_ingezetene": True,
            },
            "3°",
            None,
            Vraag.MOEDER,
        ),
        (
            {
                "in_nederland": True,
                "verblijf": Verblijf.GEEN,
                "in_onderzoek": True,
                "moeder_ingezetene": False,
                "werkelijk_verblijf": D,
            },
            "3°",
            D,
            None,
        ),
        (
            {
                "in_nederland": True,
                "verblijf": Verblijf.GEEN,
                "in_onderzoek": True,
                "moeder_ingezetene": False,
            },
            "3°",
            None,
            Vraag.WERKELIJK_VERBLIJF,
        ),
    ],
    ids=str,
)
def test_the_rule_since_2022(
    known: dict[str, Any], grond: str, gemeente: Gemeente | None, vraag: Vraag | None
) -> None:
    """In the order of the law; what nobody knows is asked, and never guessed."""
    assert found(**known) == (f"JW 1.1 {grond}", gemeente.code if gemeente else None, vraag)


@pytest.mark.parametrize(
    ("known", "gemeente", "vraag"),
    [
        ({}, None, Vraag.MEERDERJARIG),
        ({"in_nederland": False, "werkelijk_verblijf": "0344"}, "0344", None),
        ({"in_nederland": False}, None, Vraag.WERKELIJK_VERBLIJF),
        ({"meerderjarig": True, "woonadres": "0363"}, "0363", None),
        ({"meerderjarig": True}, None, Vraag.WOONADRES),
        ({"meerderjarig": False}, None, Vraag.GI_VOOGDIJ),
        ({"meerderjarig": False, "gi_voogdij": True}, None, Vraag.WERKELIJK_VERBLIJF),
        ({"meerderjarig": False, "gi_voogdij": False}, None, Vraag.GEZAG),
        ({"meerderjarig": False, "gi_voogdij": False, "gezag": "0518", "woonadres": "0363"}, "0518", None),
    ],
    ids=str,
)
def test_the_rule_of_before_2022(known: dict[str, Any], gemeente: str | None, vraag: Vraag | None) -> None:
    """The last day under the old rule: residence follows who holds gezag."""
    then = dt.date(2021, 12, 31)
    given = {n: Gemeente(code=v, op=then) if isinstance(v, str) else v for n, v in known.items()}
    assert found(**given, hulpvraag_op=then) == ("JW 1.1 (tot 2022)", gemeente, vraag)


def test_only_who_reads_the_brp_settles_it() -> None:
    """What a school knows is an indication; it cannot see a note about an investigation."""
    known = {"in_nederland": True, "verblijf": Verblijf.GEEN, "woonadres": A}
    assert woonplaats(feiten(**known, geantwoord_door="ander")) == Antwoord(
        gemeente="0363", zekerheid=Zekerheid.INDICATIEF, grond="JW 1.1 1°"
    )
    assert woonplaats(feiten(**known, in_onderzoek=False)).zekerheid is Zekerheid.VASTGESTELD


@pytest.mark.parametrize(
    ("code", "op", "dag", "then"),
    [
        ("0003", "2020-12-31", "2021-01-01", "1979"),
        ("0003", "2020-01-01", "2020-12-31", "0003"),
        ("0370", "2021-06-01", "2026-01-01", "0439"),
        ("0457", "2022-03-23", "2022-03-24", "0363"),
        ("0501", "2022-01-01", "2023-01-01", "1992"),
        ("0363", "2020-01-01", "2026-12-31", "0363"),
        ("0363", "2026-12-31", "2027-01-01", Vraag.LIJST),
        ("1982", "2026-01-01", "2021-12-31", Vraag.LATER_BEKEKEN),
        ("0439", "2026-01-01", "2021-12-31", Vraag.LATER_BEKEKEN),
        ("0599", "2026-01-01", "2021-12-31", "0599"),
        ("0788", "2020-12-31", "2021-01-01", Vraag.GESPLITST),
        ("0788", "2023-05-01", "2026-01-01", Vraag.GESPLITST),
        ("0416", "2024-01-01", "2023-01-01", "1980"),
        ("1992", "2021-01-01", "2022-01-01", Vraag.LATER_BEKEKEN),
        ("0005", "2018-06-01", "2026-01-01", Vraag.LIJST),
        ("0363", "2026-01-01", "2019-12-31", Vraag.LIJST),
        ("0005", "2018-06-01", "2018-06-01", "0005"),
    ],
)
def test_codes_are_those_of_their_day(code: str, op: str, dag: str, then: str | Vraag) -> None:
    """Merged, taken in, divided, looked up too late or under a code that had ended or was not there yet, or
    on a day of which the list is not loaded.
    """
    gemeente = Gemeente(code=code, op=dt.date.fromisoformat(op))
    assert GEMEENTEN.op_dag(gemeente, dt.date.fromisoformat(dag)) == then


def test_every_combination_has_exactly_one_answer() -> None:
    """A gemeente with its certainty or one question, and gezag or voogdij never change it since 2022."""
    maybe: tuple[bool | None, ...] = (None, True, False)
    places: tuple[Gemeente | None, ...] = (None, A)
    for land, verblijf, onderzoek, bepaalbaar, moeder in itertools.product(
        maybe, Verblijf, maybe, (True, False), maybe
    ):
        for address, before, mother, stay in itertools.product(places, repeat=4):
            known = feiten(
                in_nederland=land,
                verblijf=verblijf,
                in_onderzoek=onderzoek,
                niet_te_bepalen=bepaalbaar,
                moeder_ingezetene=moeder,
                woonadres=address,
                voor_verblijf=before,
                moeder=mother,
                werkelijk_verblijf=stay,
            )
            answer = woonplaats(known)
            assert (answer.gemeente is None) != (answer.vraag is None)
            assert (answer.gemeente is None) == (answer.zekerheid is None)
            held = known.model_copy(update={"gezag": C, "gi_voogdij": True, "meerderjarig": False})
            assert woonplaats(held) == answer


def vraag(**known: Any) -> Woonplaatsvraag:
    given: dict[str, Any] = {
        "gemeente": "0363",
        "peildatum": NU,
        "brin": "99ZZ",
        "vestigingscode": "00",
        "arrangement": "arr-1",
        "aanbod": "individueel",
        "plaats": "thuis",
    }
    return Woonplaatsvraag(**given | known)


def regel(soort: Woonplaatssoort, gemeente: str | None = None) -> Woonplaatsregel:
    day = None if gemeente is None else NU
    return Woonplaatsregel(gemeente=gemeente, gemeente_peildatum=day, regel=soort, van=dt.date(2026, 8, 1))


@pytest.mark.parametrize(
    ("soort", "eigen", "anderen"),
    [
        (Woonplaatssoort.ALLEEN_INGEZETENEN, ("c", "c", "c"), ("i", "i", "i")),
        (Woonplaatssoort.GROEPSAANBOD_VOOR_ALLEN, ("c", "c", "c"), ("i", "i", "c")),
        (Woonplaatssoort.ALLEN_ONDER_SCHOOLTIJD, ("i", "c", "i"), ("i", "c", "i")),
        (Woonplaatssoort.GEEN_ONDERSCHEID, ("c", "c", "c"), ("c", "c", "c")),
        (Woonplaatssoort.VOORFINANCIEREN_EN_VERREKENEN, ("v", "v", "v"), ("v", "v", "v")),
        (Woonplaatssoort.PER_GEVAL, ("p", "p", "p"), ("p", "p", "p")),
    ],
)
def test_the_table_of_a_region(
    soort: Woonplaatssoort, eigen: tuple[str, ...], anderen: tuple[str, ...]
) -> None:
    """At home and alone, in school time and alone, at home in a group: of the own gemeente and of others."""
    letters = {
        "c": Route.COLLECTIEF,
        "i": Route.INDIVIDUEEL,
        "v": Route.VOORFINANCIEREN_EN_VERREKENEN,
        "p": Route.PER_GEVAL,
    }
    asked = (vraag(), vraag(plaats="school_in_schooltijd"), vraag(aanbod="groep"))
    own, all_others = (regel(soort, "0363"),), (regel(soort),)
    assert tuple(route(a, own) for a in asked) == tuple(letters[x] for x in eigen)
    assert tuple(route(a, all_others) for a in asked) == tuple(letters[x] for x in anderen)


def test_what_no_row_answers_is_for_a_person() -> None:
    """No row for him, a code that ended or did not exist yet, or a day without a list."""
    table = (regel(Woonplaatssoort.GEEN_ONDERSCHEID, "0363"),)
    assert route(vraag(gemeente="0599"), table) is None
    every = (*table, regel(Woonplaatssoort.ALLEEN_INGEZETENEN))
    assert route(vraag(gemeente=None), every) is Route.INDIVIDUEEL
    assert route(vraag(gemeente="0788"), every) is None
    early = Woonplaatsregel(regel=Woonplaatssoort.PER_GEVAL, van=dt.date(2020, 1, 1))
    assert route(vraag(gemeente="1979", peildatum=dt.date(2020, 12, 31)), (early,)) is None
    assert route(vraag(gemeente="0439", peildatum=dt.date(2020, 12, 31)), (early,)) is Route.PER_GEVAL
    assert route(vraag(peildatum=dt.date(2027, 1, 1)), every) is None
