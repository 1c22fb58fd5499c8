"""The Dutch a person reads for each code, from gateway/teksten.toml; read once, at import."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Final

from schemas.decision import Outcome, Reden, Standpunt
from schemas.uitwisseling import Gebeurtenissoort, Leveringstatus

NIET_BESCHIKBAAR: Final = "nietBeschikbaar"
"""Stands for a reason that rests on facts of another partij."""

_ALL = tomllib.loads(files("gateway").joinpath("teksten.toml").read_text(encoding="utf-8"))


def reden(code: Reden | str) -> str:
    return str(_ALL["reden"][str(code)]["uitleg"])


def stap(code: Reden | str) -> str:
    """What can be done about it; empty when nothing is needed."""
    return str(_ALL["reden"][str(code)]["stap"])


def status(code: Leveringstatus | str) -> str:
    return str(_ALL["status"][str(code)]["uitleg"])


def status_stap(code: Leveringstatus | str) -> str:
    return str(_ALL["status"][str(code)]["stap"])


def gebeurtenis(code: Gebeurtenissoort) -> str:
    return str(_ALL["gebeurtenis"][code])


def uitkomst(code: Outcome) -> str:
    return str(_ALL["uitkomst"][code])


def standpunt(code: Standpunt) -> str:
    return str(_ALL["standpunt"][code])
