"""What is known, as it is during one check: each question is put to the store once."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Final, cast

from adapters.ijw.verloop import Verloop

_READS: Final = [name for name in vars(Verloop) if not name.startswith("_") and name != "apply"]


def onthouden(verloop: Verloop) -> Verloop:
    """The same answers, remembered: many rules ask the same of many rows. It cannot be applied to."""
    return cast("Verloop", SimpleNamespace(**{name: cache(getattr(verloop, name)) for name in _READS}))
