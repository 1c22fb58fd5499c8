"""What an FG asks about the partijen under his toezicht, in words that stand in an address or on a command
line.
"""

from __future__ import annotations

from enum import StrEnum


class Kant(StrEnum):
    """On which side of a levering the partij under toezicht stands: it decides what may be shown."""

    AFZENDER = "afzender"
    ONTVANGER = "ontvanger"


class Grondvraag(StrEnum):
    """On which ground something went: the grounds of a decision, and two of them together."""

    CONSENT = "consent"
    STATUTORY = "statutory"
    BREAK_GLASS = "break_glass"
    NONE = "none"
    ZONDER_TOESTEMMING = "zonder_toestemming"
    """By a rule of the law, or after a weighing."""
