"""Which rows the memory store gives, where another engine has a condition in its query."""

from __future__ import annotations

import datetime as dt

from schemas.exchange.taak import Taak, Taakstatus
from schemas.exchange.uitwisseling import OPEN, Levering, Leveringstatus


def positie(row: Levering) -> int:
    return 0 if row.positie is None else row.positie


def is_open(taak: Taak) -> bool:
    return taak.status is Taakstatus.OPEN


def is_due(row: Levering, now: dt.datetime, max_takes: int) -> bool:
    if row.lease_tot is not None and row.lease_tot > now:
        return False  # its recipient received it and may still sign for it
    given_up = row.status is Leveringstatus.KLAAR and row.lease_tot is not None and row.opgehaald >= max_takes
    return given_up or (row.status in OPEN and row.vervalt_op <= now)
