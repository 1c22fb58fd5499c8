"""Every code has a text that a person can read, and every text a code."""

from __future__ import annotations

import re
import tomllib
from enum import StrEnum
from pathlib import Path

import pytest

from gateway import teksten
from schemas.decision import Outcome, Reden, Standpunt
from schemas.uitwisseling import Gebeurtenissoort, Leveringstatus

MAX_WORDS = 20
EXTRA = {"reden": {teksten.NIET_BESCHIKBAAR}, "status": {"geweigerd_door_ontvanger"}}
"""Texts for what is no code: a reason of another partij, and a status that two roads lead to."""
NEEDS_NOTHING = {Leveringstatus.AFGELEVERD, Leveringstatus.BEVESTIGD}


@pytest.fixture
def file(root: Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((root / "gateway" / "teksten.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("table", "codes"),
    [
        ("reden", Reden),
        ("status", Leveringstatus),
        ("gebeurtenis", Gebeurtenissoort),
        ("standpunt", Standpunt),
        ("uitkomst", Outcome),
    ],
    ids=["reden", "status", "gebeurtenis", "standpunt", "uitkomst"],
)
def test_texts_and_codes_are_one_to_one(
    table: str, codes: type[StrEnum], file: dict[str, dict[str, object]]
) -> None:
    """No code without a text, no text without a code."""
    assert set(file[table]) == {c.value for c in codes} | EXTRA.get(table, set())


def test_every_code_can_be_read() -> None:
    """Each function has a text for each of its codes."""
    assert all(teksten.reden(r) and isinstance(teksten.stap(r), str) for r in Reden)
    assert all(teksten.status(s) for s in Leveringstatus)
    assert all(teksten.gebeurtenis(g) for g in Gebeurtenissoort)
    assert all(teksten.standpunt(s) for s in Standpunt)
    assert all(teksten.uitkomst(o) for o in Outcome)
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


def _strings(found: object) -> list[str]:
    if isinstance(found, dict):
        return [text for each in found.values() for text in _strings(each)]
    return [str(found)]


def test_sentences_are_short(file: dict[str, dict[str, object]]) -> None:
    """At most twenty words a sentence, each a whole one: language level B1."""
    texts = [t for table in ("reden", "status", "gebeurtenis") for t in _strings(file[table]) if t]
    sentences = [s for text in texts for s in re.split(r"(?<=[.!?:;])\s+", text)]
    assert [s for s in sentences if len(s.split()) > MAX_WORDS] == []
    assert [t for t in texts if not t.endswith(".")] == []
    assert [t for t in texts if not t[0].isupper()] == []


def test_texts_hold_nothing_to_fill_in(file: dict[str, dict[str, object]]) -> None:
    """A text has no placeholder: no value of a person can end up in it."""
    assert [t for t in _strings(file) if re.search(r"[{}%<>$]", t)] == []
