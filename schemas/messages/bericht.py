"""A Bericht is one translated message in the shared schema: what may be minimised and delivered.

Wire names of OSO, iJw and the like stop before this file. Each leaf says to which Gegevenscategorie it
belongs; the reason for a category that is not obvious stands beside the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from schemas.base import Blad, Model, leaves


@dataclass(frozen=True, slots=True)
class Inhoud:
    """A message as plain JSON data (camelCase keys, absent fields left out), whole or in part.

    What waits is kept as an Inhoud and not as a Bericht, because fields may have been left out that a whole
    message must have.
    """

    soort: str
    data: dict[str, Any]


class Bericht(Model):
    """Base of all messages. Making a subclass with an unlabelled leaf raises UnlabelledFieldError."""

    soort: ClassVar[str]
    """Name of the message type on the wire."""
    bladen: ClassVar[tuple[Blad, ...]]
    """All fields that a message of this type can have, in definition order."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.bladen = leaves(cls)

    def inhoud(self) -> Inhoud:
        return Inhoud(self.soort, self.model_dump(mode="json", exclude_defaults=True))
