"""What a partij states of one flow: what is so, what is not, and never both."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from consent.voorwaarden import NAMEN
from schemas.people.omstandigheden import Omstandigheid, Omstandigheidsoort
from tests.builders import an_omstandigheid, hash_of

W = Omstandigheidsoort


def test_it_is_read_as_it_was_written() -> None:
    """Like every fact, byte for byte."""
    said = an_omstandigheid(wel=(W.NODIG,), niet=(W.TAAKGERICHT,))
    assert Omstandigheid.model_validate_json(said.model_dump_json()) == said


@pytest.mark.parametrize(
    ("kw", "code"),
    [
        ({"wel": (), "niet": ()}, "omstandigheid.leeg"),
        ({"wel": (W.GEVRAAGD,), "niet": (W.GEVRAAGD,)}, "omstandigheid.beide"),
        ({"wel": (W.NODIG,), "noodzaak_hash": None}, "omstandigheid.noodzaak"),
    ],
)
def test_what_says_nothing_is_refused(kw: dict[str, Any], code: str) -> None:
    """Nothing at all, one thing and its contrary, or that it is necessary without a word of why."""
    with pytest.raises(ValidationError) as caught:
        an_omstandigheid(**kw)
    assert [e["type"] for e in caught.value.errors()] == [code]


def test_what_is_not_so_needs_no_reason() -> None:
    """That it is not necessary opens nothing."""
    assert an_omstandigheid(wel=(), niet=(W.NODIG,), noodzaak_hash=None).niet == (W.NODIG,)
    assert an_omstandigheid(noodzaak_hash=hash_of("waarom")).noodzaak_hash is not None


def test_every_name_is_a_condition_of_a_rule() -> None:
    """By the name that it has there, so nothing has to be translated."""
    assert {o.value for o in W} <= set(NAMEN)
