"""The kinds of overleg: those of the region, and ours where it said nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import orjson

from gateway.register.regels import Regels
from schemas.people.regio_delen import Overlegregel


@cache
def onze_soorten() -> Mapping[str, Overlegregel]:
    """By code. It is part of the installed package, so a process reads it once."""
    text = files(__package__).joinpath("overlegsoorten.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["overleg"]
    found = (Overlegregel.model_validate_json(orjson.dumps(row)) for row in rows)
    return {r.code: r for r in found}


def overlegregel(regels: Regels, code: str) -> Overlegregel | None:
    van_de_regio = None if regels.inrichting is None else regels.inrichting.overlegregel(code)
    return van_de_regio or onze_soorten().get(code)
