"""Every code has a text that a person can read, every text a code, an owner, a day and a reader."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pytest

from gateway.explain import teksten
from schemas.base import Gegevenscategorie
from schemas.decision.decision import Ground, Outcome, Reden, Standpunt
from schemas.exchange.intrekking import Bewaargrond, Intrekkingsuitkomst
from schemas.exchange.taak import Taaksoort
from schemas.exchange.uitwisseling import Gebeurtenissoort, Leveringstatus, Weigergrond
from schemas.people.partij import Rol
from schemas.people.toestemming import Gebeurtenis, Gebruiksdoel, Hoedanigheid, Richting, Toestemmingstand
from schemas.shown.uitleg import Categoriestand, Handelaar, Lezersoort, Normsoort

MAX_WORDS = 20
EXTRA = {
    "reden": {teksten.NIET_BESCHIKBAAR},
    "status": {"geweigerd_door_ontvanger", "mislukt_inhoud_verloren"},
    "uitkomst": {teksten.NIET_BESCHIKBAAR, "nietBeschikbaarVoorOuder", "opgehaald", "ontvanger", "gekregen"},
    "hoedanigheid": {"onbekend"},
    "grond": {"geen_persoon"},
    "intrekking": {"gemeld", "stil"},
}
"""Texts for what is no code: a reason of another partij, and a status that two roads lead to."""
NEEDS_NOTHING = {Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD}
SENTENCES: Final = ("uitkomst", "grond", "daarna", "bewijs_zin", "intrekking", "bewaargrond", "weigergrond")
"""Tables of `uitleg` that hold whole sentences; the others hold words to stand in one."""
JARGON: Final = re.compile(
    r"\b(consent|betrokkene\w*|verwerkings\w*|grondslag\w*|proportional\w*|subsidiair\w*|minimal?is\w*"
    r"|conform|middels|teneinde|derhalve|desbetreffende?|dient|dienen|alsmede|inzake|ingevolge"
    r"|verstrek\w*|autoriseer\w*|valide\w*|record|payload|endpoint|hash|cel|snapshot|scope|token"
    r"|indien|nader\w*|geschieden?|ten behoeve|vigere\w*|betreffende)\b",
    re.IGNORECASE,
)
"""Words of law, of policy and of programmers that B1 does without."""
ABSOLUTE: Final = re.compile(
    r"\b(altijd|nooit|iedereen|niemand|zeker|veilig(?! Thuis)|gegarandeerd|verplicht|alles|volledig|direct"
    r"|meteen)\b",
    re.IGNORECASE,
)
"""Promises. A text that makes one stands in PROMISES, with what keeps it."""
PROMISES: Final = {
    ("uitleg", "uitkomst.PERMIT"): "a PERMIT withholds nothing of an asked category: test_uitleg.py",
    ("uitleg", "wie.vanzelf"): "names who acts: nobody",
    ("reden", "GEZAG_UNVERIFIED"): "says that something is not certain",
    ("reden", "AGE_UNCERTAIN"): "says that something is not certain",
    ("reden", "BG_INCOMPLETE"): "says that something is not complete",
    ("reden", "GROUND_INCOMPLETE"): "says that something is not complete",
}


@pytest.fixture
def file(root: Path) -> dict[str, Any]:
    return tomllib.loads((root / "gateway" / "explain" / "teksten.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("reden", Reden),
        ("status", Leveringstatus),
        ("gebeurtenis", Gebeurtenissoort),
        ("standpunt", Standpunt),
        ("taak", Taaksoort),
        ("uitkomst", Outcome),
        ("grond", Ground),
        ("stand", Categoriestand),
        ("wie", Handelaar),
        ("hoedanigheid", Hoedanigheid),
        ("categorie", Gegevenscategorie),
        ("toestemmingstand", Toestemmingstand),
        ("doel", Gebruiksdoel),
        ("rol", Rol),
        ("richting", Richting),
        ("bewijs_titel", Gebeurtenis),
        ("intrekking", Intrekkingsuitkomst),
        ("bewaargrond", Bewaargrond),
        ("weigergrond", Weigergrond),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_texts_and_codes_are_one_to_one(table: str, codes: type[StrEnum], file: dict[str, Any]) -> None:
    """No code without a text, no text without a code."""
    found = file[table] if table in file else file["uitleg"][table]
    assert set(found) == {c.value for c in codes} | EXTRA.get(table, set())


def test_every_code_can_be_read() -> None:
    """Each function has a text for each of its codes."""
    assert all(teksten.reden(r) and isinstance(teksten.stap(r), str) for r in Reden)
    assert all(teksten.status(s) for s in Leveringstatus)
    assert all(teksten.gebeurtenis(g) for g in Gebeurtenissoort)
    assert all(teksten.taak(t) and teksten.taak_stap(t) for t in Taaksoort)
    assert all(teksten.standpunt(s) for s in Standpunt)
    assert teksten.reden(teksten.NIET_BESCHIKBAAR)
    assert teksten.stap(teksten.NIET_BESCHIKBAAR)


def test_who_must_do_something_is_told_what() -> None:
    """A status that is not the end of a good road has a next step."""
    for status in Leveringstatus:
        assert bool(teksten.status_stap(status)) == (status not in NEEDS_NOTHING), status


def test_a_reason_that_a_person_can_repair_says_how() -> None:
    """Reasons of a missing or wrong consent, gezag, age or recipient all name a step."""
    repairable = re.compile(
        r"^(CONSENT_(?!VALID)|GEZAG|AGE|CAPACITY|SIGNER|YOUTH_NOT_ASKED|RECIPIENT|RECONSENT"
        r"|BG_(?!APPROVED)|PARENTS|AUDIT|POLICY|INPUT)"
    )
    assert [r for r in Reden if repairable.match(r) and not teksten.stap(r)] == []


def test_a_step_names_who_takes_it() -> None:
    """Who acts is told with what he does, and nobody is named where there is nothing to do."""
    for r in Reden:
        assert teksten.stap(r) or teksten.stapzetter(r) is None, r
        # What only says what happens now is not a step of anybody.
        assert not teksten.stap(r) or teksten.stapzetter(r) or teksten.stap(r).startswith("Dit wordt niet"), r


def _texts(file: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(group, code, text): every text that a person reads."""
    for group in ("reden", "status"):
        for code, said in file[group].items():
            yield from ((group, code, said[key]) for key in ("uitleg", "stap") if said[key])
    for group in ("gebeurtenis", "standpunt"):
        yield from ((group, code, text) for code, text in file[group].items())
    for table, found in file["uitleg"].items():
        yield from (("uitleg", f"{table}.{code}", text) for code, text in found.items())
    yield from (("norm", key, norm.tekst) for key, norm in teksten.NORMEN.items())


def _whole(group: str, code: str) -> bool:
    return group != "standpunt" and (group != "uitleg" or code.partition(".")[0] in SENTENCES)


def test_sentences_are_short(file: dict[str, Any]) -> None:
    """At most twenty words a sentence, each a whole one: language level B1."""
    texts = list(_texts(file))
    sentences = [s for _, _, text in texts for s in re.split(r"(?<=[.!?:;])\s+", text)]
    assert [s for s in sentences if len(s.split()) > MAX_WORDS] == []
    assert [t for g, c, t in texts if _whole(g, c) and not re.fullmatch(r"[A-Z].*\.", t)] == []
    assert [t for g, c, t in texts if not _whole(g, c) and t.endswith(".")] == []


def test_texts_are_plain(file: dict[str, Any]) -> None:
    """No word of law or of programmers that somebody would have to look up, and no code inside a text."""
    texts = [(g, c, t) for g, c, t in _texts(file) if (g, c) != ("reden", "AUDIT_UNAVAILABLE")]
    assert [t for _, _, t in texts if JARGON.search(t)] == []
    assert [t for _, _, t in texts if re.search(r"[A-Z]{2,}_|\b[a-z]+[A-Z]", t)] == []


def test_the_search_for_jargon_finds_it() -> None:
    """So that the test above is no empty promise."""
    assert JARGON.search("Op basis van een grondslag is verstrekking niet mogelijk.")
    assert ABSOLUTE.search("Dit gaat nooit mee.")


def test_texts_promise_no_more_than_is_kept(file: dict[str, Any]) -> None:
    """Words like always and never stand only where it is written down what keeps them."""
    found = {(g, c) for g, c, t in _texts(file) if g in ("reden", "uitleg") and ABSOLUTE.search(t)}
    assert found == set(PROMISES)


def test_every_norm_cited_is_listed_with_when_it_was_read(file: dict[str, Any], root: Path) -> None:
    """A reason cites only what the list has; of each law that was read the list says which text, and when."""
    norms = tomllib.loads((root / "gateway" / "explain" / "normen.toml").read_text(encoding="utf-8"))
    said = file["reden"].values()
    assert {n for s in said for n in (*s["norm"], *s.get("norm_j2s", ()))} <= norms.keys()
    for key, norm in norms.items():
        read = norm["gelezen"] and norm["soort"] == "wet"
        assert ("gelezen_op" in norm) is ("tekst_van" in norm) is read, key
        if read:
            assert re.fullmatch(r"20[0-9]{2}(-[0-9]{2}){0,2}", norm["tekst_van"]), key
            assert norm["gelezen_op"] >= dt.date(2026, 11, 1), key


def test_only_a_law_is_called_a_law(file: dict[str, Any]) -> None:
    """A text that says the law allows or asks something has an article of a law behind it."""
    for code, said in file["reden"].items():
        if re.search(r"\b[Dd]e wet\b", said["uitleg"]):
            assert Normsoort.WET in {n.soort for n in teksten.normen(code, Richting.S2J)}, code


def test_a_reason_never_speaks_for_the_whole_levering(file: dict[str, Any]) -> None:
    """A reason can be that of one category: it does not say that nothing at all is shared, or goes on."""
    whole = re.compile(r"wordt niets|gaat niets|niets gedeeld|de levering gaat|[Hh]et bericht gaat")
    own = {"AUDIT_UNAVAILABLE", "POLICY_ERROR"}  # these are about all of it
    told = [(c, said[k]) for c, said in file["reden"].items() for k in ("uitleg", "stap")]
    assert [c for c, text in told if whole.search(text) and c not in own] == []


def test_texts_hold_nothing_to_fill_in(file: dict[str, Any]) -> None:
    """A text has no placeholder: no value of a person can end up in it."""
    assert [t for _, _, t in _texts(file) if re.search(r"[{}%<>$]", t)] == []


# ── norms


def test_every_reason_has_a_norm() -> None:
    """A reason says where it has its ground; that no norm is left over is held in test_normen.py."""
    assert [(r, d) for r in Reden for d in Richting if not teksten.normen(r, d)] == []
    assert len({n.naam for n in teksten.NORMEN.values()}) == len(teksten.NORMEN)


def test_secrecy_counts_in_one_direction_only() -> None:
    """A school has no secrecy of a jeugdhulpverlener to lift: S2J leans on the AVG and on our own policy."""
    for r in Reden:
        there, back = (teksten.normen(r, d) for d in (Richting.S2J, Richting.J2S))
        assert set(there) <= set(back)
        lifted = {n.naam for n in set(back) - set(there)}
        assert lifted <= {
            "Jeugdwet artikel 7.3.11 lid 1",
            "Jeugdwet artikel 7.3.15",
            "BW boek 7 artikel 457",
        }, r
    assert Normsoort.WET not in {n.soort for n in teksten.normen(Reden.YOUTH_REFUSES, Richting.S2J)}
    assert Normsoort.WET in {n.soort for n in teksten.normen(Reden.YOUTH_REFUSES, Richting.J2S)}


def test_norms_are_named_as_people_find_them() -> None:
    """A law names its article; policy says that it is ours."""
    for n in teksten.NORMEN.values():
        if n.soort is Normsoort.WET:
            assert re.search(r"artikel \d", n.naam) or not n.gelezen, n.naam
        if n.soort is Normsoort.BELEID:
            assert re.match(r"(Afspraak van OZlijn|Profiel)", n.naam), n.naam


# ── keeping it true


def _release_day(root: Path) -> dt.date:
    """The day of the newest release; before that is written down, the day the texts were last read over."""
    newest = re.search(r"^## .*", (root / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest
    day = re.search(r"\d{4}-\d{2}-\d{2}", newest[0])
    return dt.date.fromisoformat(day[0]) if day else max(b.nagekeken for b in teksten.beheer())


def test_every_text_was_read_over_in_time(root: Path) -> None:
    """At a release no text is past its term, and none was read over in the future."""
    assert teksten.verlopen(_release_day(root)) == ()


def test_a_text_past_its_term_is_found() -> None:
    """The first day too late, and a day before it was read over, count."""
    first = next(teksten.beheer())
    late = {(b.groep, b.code) for b in teksten.verlopen(first.tot)}
    assert (first.groep, first.code) in late
    assert (first.groep, first.code) not in {
        (b.groep, b.code) for b in teksten.verlopen(first.tot - dt.timedelta(days=1))
    }
    assert teksten.verlopen(first.nagekeken - dt.timedelta(days=1))


def test_the_term_counts_in_months() -> None:
    """Over the end of a year, and never on a day that a month does not have."""
    assert teksten._months_later(dt.date(2026, 11, 25), 12) == dt.date(2027, 11, 25)
    assert teksten._months_later(dt.date(2026, 12, 31), 2) == dt.date(2027, 2, 28)


def test_every_text_has_an_owner_and_a_reader(file: dict[str, Any]) -> None:
    """Per text: who keeps it true and for whom it is; a reason and a status have a day of their own."""
    found = list(teksten.beheer())
    assert len({(b.groep, b.code) for b in found}) == len(found)
    for b in found:
        assert b.eigenaar
        assert b.voor <= {"school", "ouder", "fg"}
        assert b.voor
    assert all("nagekeken" in said for group in ("reden", "status") for said in file[group].values())


def test_an_fg_may_read_every_reason_and_a_recipient_none() -> None:
    """The one checks it all, the other hears nothing of what was left out."""
    for r in Reden:
        assert teksten.leesbaar(r, Lezersoort.FG)
        assert teksten.leesbaar(r, Lezersoort.AFZENDER)
        assert not teksten.leesbaar(r, Lezersoort.ONTVANGER)


PRIVATE: Final = re.compile(
    r"^(CONSENT_(REFUSED|WITHDRAWN)|YOUTH_REFUSES|PARENTS_CONFLICT|OBJECTION_|PROFESSIONAL_VETO"
    r"|PROTECTED_PARTY|BG_|GROUND_VEILIG_THUIS|GROUND_VERWIJSINDEX|CAPACITY_|SIGNER_(NO|IN)|WITHDRAWN_)"
)


def test_what_another_person_said_is_not_for_an_ouder() -> None:
    """What the other ouder, the youth or a professional did, and what is kept from ouders for a while."""
    for r in Reden:
        if PRIVATE.match(r):
            assert not teksten.leesbaar(r, Lezersoort.OUDER), r
