"""Errors that carry what the alarm and the operator need, and nothing of a person."""

from __future__ import annotations

import errno
import os
import pickle

import pytest

from schemas.errors import (
    Conflict,
    Fault,
    InvalidMessage,
    NotAuthorised,
    NotSure,
    Outdated,
    RecordUnavailable,
    StateBroken,
    WouldEnd,
    why,
)


def test_a_broken_state_names_the_row_and_is_no_account() -> None:
    """Its kind and its random id for the alarm; to whoever asked it is the answer that says: again later."""
    error = StateBroken("levering", "0" * 32)
    assert (error.what, error.ident) == ("levering", "0" * 32)
    assert str(error) == "what is stored does not hold: levering"
    assert isinstance(error, RecordUnavailable)


def test_who_is_not_recognised_is_told_what_would_end() -> None:
    """By random ids; its text counts them only."""
    error = WouldEnd(("a" * 32, "b" * 32), ("c" * 32,))
    assert (error.toestemmingen, error.bezwaren) == (("a" * 32, "b" * 32), ("c" * 32,))
    assert str(error) == "2 statements and 1 objections would end"
    assert isinstance(error, Conflict)


def test_a_login_that_is_not_sure_enough_names_what_it_asks() -> None:
    """So that whoever may do it knows how to sign in; to all others it is a refusal like any."""
    error = NotSure("hoog")
    assert error.niveau == "hoog"
    assert isinstance(error, NotAuthorised)


def test_what_is_outdated_is_told_by_its_place() -> None:
    """In the request of the caller; its text counts them only."""
    error = Outdated(("/leerlingen/3",))
    assert error.places == ("/leerlingen/3",)
    assert str(error) == "1 places are out of date"
    assert isinstance(error, Conflict)


def test_the_faults_of_a_message_travel_between_processes() -> None:
    """A large message is read by another process, and its faults come back as they were."""
    faults = (Fault("een.code", "/plaats", "Dit klopt niet.", 3),)
    back = pickle.loads(pickle.dumps(InvalidMessage(faults)))  # made here
    assert (type(back), back.faults) == (InvalidMessage, faults)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (errno.ENOENT, "bestaat niet"),
        (errno.EACCES, "daar is geen recht voor"),
        (errno.EADDRINUSE, "deze poort is al in gebruik"),
        (errno.EXDEV, os.strerror(errno.EXDEV)),
    ],
)
def test_what_the_system_refused_is_told_in_dutch(number: int, told: str) -> None:
    """The rare ones keep the words of the system: less clear is better than nothing."""
    assert why(OSError(number, os.strerror(number), "/een/naam")) == told


def test_an_error_without_a_number_is_told_as_such() -> None:
    assert why(OSError("alleen een tekst")) == "onbekende fout van het systeem"
