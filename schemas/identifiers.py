"""Numbers and codes that name a person or an organisation, checked when they come in.

`Bsn` never shows itself: its repr and str are masked, so a stray log line or traceback cannot leak it.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler, StringConstraints
from pydantic_core import PydanticCustomError, core_schema

_DIGITS: Final = re.compile(r"[0-9]{9}")


def passes_elfproef(number: str) -> bool:
    """True for nine digits, not all zero, whose weighted sum 9a+8b+…+2h-1i is a multiple of eleven."""
    if not _DIGITS.fullmatch(number) or number == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(d) for w, d in zip(weights, number, strict=True)) % 11 == 0


class Bsn:
    """A burgerservicenummer or onderwijsnummer that passes the elfproef.

    Read the digits only with `reveal()`; equality and hashing work on the digits. Jeugdwet 7.2.1 lets
    jeugdhulp use the number, schools may not pass it on: its category is `nummer`, which never leaves.
    """

    __slots__ = ("_digits",)

    def __init__(self, digits: str) -> None:
        """Raises ValueError without the digits when the elfproef fails."""
        if not passes_elfproef(digits):
            raise ValueError("geen geldig burgerservicenummer")
        self._digits = digits

    def reveal(self) -> str:
        return self._digits

    def __repr__(self) -> str:
        return "Bsn(*********)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Bsn) and other._digits == self._digits

    def __hash__(self) -> int:
        return hash((Bsn, self._digits))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def build(value: Any) -> Bsn:
            if isinstance(value, Bsn):
                return value
            if isinstance(value, str) and passes_elfproef(value):
                return cls(value)
            raise PydanticCustomError("bsn", "geen geldig burgerservicenummer")

        return core_schema.no_info_plain_validator_function(
            build,
            json_schema_input_schema=core_schema.str_schema(pattern="^[0-9]{9}$"),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.reveal),
        )


Brin = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}[A-Z]{2}$")]
"""School institution code. With a Vestigingscode it names one location."""
Vestigingscode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
Oin = Annotated[str, StringConstraints(pattern=r"^[0-9]{20}$")]
"""Organisatie-identificatienummer of Digikoppeling and Edukoppeling."""
Agb = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
"""AGB-code of a care provider."""
Gemeentecode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
PartijId = Annotated[
    str,
    StringConstraints(
        pattern=r"^(oin:[0-9]{20}|agb:[0-9]{8}|brin:[0-9]{2}[A-Z]{2}[0-9]{2}|gemeente:[0-9]{4})$"
    ),
]
"""How a partij is named everywhere: the scheme and value of one of its own identifiers."""
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""A random identifier of ours (UUID4 without dashes): says nothing about person, moment or order."""
