"""Every standard we read, found by the file itself: what a person with a file and no gateway works with.

A standard is told by its root element (XML), its `soort` (our own JSON), or by being asked for (CSV, that has no
mark of its own). Nothing here decides or stores.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import orjson
from pydantic import ValidationError

from adapters import oso, xml
from schemas.berichten import BERICHTEN
from schemas.bericht import Inhoud
from schemas.errors import Fault, InvalidMessage
from schemas.vertaling import Gelezen
