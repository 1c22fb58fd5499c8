"""What every model has in common."""

from __future__ import annotations

from schemas.base import Model, build_all


def test_a_model_is_made_when_it_is_used_or_all_at_once() -> None:
    """A command uses few of them; a gateway makes all before its first request."""

    class Nooit(Model):
        naam: str

    class Gebruikt(Model):
        naam: str

    assert not Nooit.__pydantic_complete__
    assert Gebruikt(naam="x").naam == "x"
    assert Gebruikt.__pydantic_complete__
    build_all()
    assert Nooit.__pydantic_complete__
