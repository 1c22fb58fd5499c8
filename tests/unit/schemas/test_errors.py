"""Errors that carry what the alarm and the operator need, and nothing of a person."""

from __future__ import annotations

from schemas.errors import RecordUnavailable, StateBroken


def test_a_broken_state_names_the_row_and_is_no_account() -> None:
    """Its kind and its random id for the alarm; to whoever asked it is the answer that says: again later."""
    error = StateBroken("levering", "0" * 32)
    assert (error.what, error.ident) == ("levering", "0" * 32)
    assert str(error) == "what is stored does not hold: levering"
    assert isinstance(error, RecordUnavailable)
