"""Messages in the shared schema's own JSON: the format for recipients that speak no other standard.

It writes a minimised message as it is, and adds or leaves out nothing.
"""

from __future__ import annotations

import orjson

from schemas.decision.decision import Releasable

VERSION = "1"


def write(releasable: Releasable) -> bytes:
    """One JSON object in UTF-8. Key order is definition order, so equal input gives equal bytes."""
    return orjson.dumps({"soort": releasable.soort, "versie": VERSION, "inhoud": releasable.inhoud})
