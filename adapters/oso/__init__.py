"""OSO gegevensset 2017.1, 2018.1 and 2019.1, in six profiles, to the shared schema. See `docs/oso.md`.

`reading` goes over a dossier once: `rules` finds what is wrong, `mapping` and `tables` make the message,
`categories` and `restrictions` keep home what the source restricts, `left_out` says what does not go into the
message.

What OSO says about sharing can restrict here and never permits: nothing in a dossier counts as a toestemming.
"""

from __future__ import annotations

from adapters.oso.reading import MAX_BYTES, check, translate
from adapters.oso.versies import herken

__all__ = ["MAX_BYTES", "check", "herken", "translate"]
