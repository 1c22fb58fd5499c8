"""Moments as they are stored: microseconds since 1970 UTC, exact and sortable."""

from __future__ import annotations

import datetime as dt

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


def moment(at: dt.datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def instant(stored: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=stored)
