"""The register as a store keeps it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from pydantic import ValidationError

from schemas.people.partij import Nummer, Partij
from schemas.storage.storage import Accepted, Change, Register, Under
from tests.contract.values import fresh_id, leaf, uitwisseling


def test_every_kind_of_row_is_written_and_read_back() -> None:
    """Each field but version and stamp is a kind of its own: a new one cannot be forgotten by a store."""
    found = Register(3, {"a": "1"}, {"b": "2"}, {"c": "3"}, {"d": "4"}, {"e": "5"})
    names = [f.name for f in dataclasses.fields(Register) if f.name not in {"version", "stamp"}]
    assert list(found.soorten.values()) == [getattr(found, name) for name in names]
    assert Register(3, *found.soorten.values()) == found
    assert len(set(found.soorten)) == len(names)


def test_under_what_was_decided_is_told_by_register_and_policy() -> None:
    """It is stored as this text and compared with it, so either of the two makes another one."""
    assert str(Under(3, "ab")) == "3:ab"
    assert len({str(Under(r, p)) for r in (3, 4) for p in ("ab", "ac")}) == 4


def test_a_change_is_of_the_older_of_two_registers() -> None:
    """What was let in under one register and decided under another has seen it change."""
    under = Under(3, "hash")
    assert Change().of_register is None
    assert Change(under=under).of_register == 3
    assert Change(register=2).of_register == 2
    assert Change(register=2, under=under).of_register == Change(register=4, under=Under(2, "h")).of_register


def test_a_partij_has_the_numbers_of_the_day() -> None:
    """Each number apart, the last that began; what no row names stays as it was."""
    first = {"brin": "99YY", "vestigingscode": "01", "vanaf": "2027-08-01"}
    later = {"bestuursnummer": "40002", "oin": "00000099000000000031", "vanaf": "2028-08-01"}
    row = {"id": "brin:99ZZ00", "soort": "school", "naam": "School (fictief)", "nummers": [later, first]}
    partij = Partij.model_validate_json(json.dumps(row | {"brin": "99ZZ", "vestigingscode": "00"}))
    assert partij.genummerd_op(dt.date(2027, 7, 31)) is partij
    then = partij.genummerd_op(dt.date(2027, 8, 1))
    assert (then.brin, then.vestigingscode, then.oin, then.kenmerken) == ("99YY", "01", None, None)
    after = partij.genummerd_op(dt.date(2028, 8, 1))
    assert (after.brin, after.oin) == ("99YY", "00000099000000000031")
    assert after.kenmerken is not None
    assert after.kenmerken.bestuursnummer == "40002"
    for wrong in ({}, {"brin": "99YY"}, {"vestigingscode": "01", "agb": "99999901"}):
        with pytest.raises(ValidationError):
            Nummer.model_validate_json(json.dumps(wrong | {"vanaf": "2027-08-01"}))


def test_all_that_is_accepted_in_a_change_is_told_with_its_leaves() -> None:
    """Of one uitwisseling all leaves tell; of several each names its own."""
    one, other, leaves = uitwisseling(fresh_id()), uitwisseling(fresh_id()), (leaf(), leaf())
    assert Change(leaves=leaves).accepted == ()
    whole = Change(uitwisseling=one, leaves=leaves)
    assert whole.accepted == (Accepted(one, (leaves[0].id, leaves[1].id)),)
    each = (Accepted(one, (leaves[0].id,)), Accepted(other, (leaves[1].id,)))
    assert Change(each_of=each, leaves=leaves).accepted == each
