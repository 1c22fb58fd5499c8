"""OSO gegevensset 2017.1, 2018.1 and 2019.1, in six profiles, to the shared schema. See `docs/oso.md`."""

from __future__ import annotations

from adapters.oso.reading import MAX_BYTES, check, translate
from adapters.oso.versies import herken

__all__ = ["MAX_BYTES", "check", "herken", "translate"]
