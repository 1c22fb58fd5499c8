"""Numbers and codes that name a person or an organisation, checked when they come in.

`Bsn` and `Onderwijsnummer` never show themselves: repr and str are masked, so a stray log line or traceback
cannot leak one.
"""

from __future__ import annotations

import re
from operator import mul
from typing import Annotated, Any, ClassVar, Final

from pydantic import GetCoreSchemaHandler, StringConstraints
from pydantic_core import PydanticCustomError, core_schema

_DIGITS: Final = re.compile(r"[0-9]{9}")
_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_ONDERWIJSNUMMER_REST: Final = 5


def _rest(number: str) -> int | None:
    """The weighted sum 9a+8b+…+2h-1i of nine digits, after eleven; None for anything else or all zero."""
    if not _DIGITS.fullmatch(number) or number == "000000000":
        return None
    total: int = sum(map(mul, _WEIGHTS, map(int, number)))
    return total % 11


def passes_elfproef(number: str) -> bool:
    """True for nine digits, not all zero, whose weighted sum 9a+8b+…+2h-1i is a multiple of eleven."""
    return _rest(number) == 0


def passes_onderwijsproef(number: str) -> bool:
    """True for an onderwijsnummer: nine digits that begin with 10 and leave five, so never also a BSN."""
    return number.startswith("10") and _rest(number) == _ONDERWIJSNUMMER_REST


class _Nummer:
    """A number of a person. Only `reveal()` shows the digits; equality works on kind and digits."""

    __slots__ = ("_digits",)
    _passes: ClassVar[staticmethod[[str], bool]]
    _refusal: ClassVar[str]

    def __init__(self, digits: str) -> None:
        """Raises ValueError without the digits when the check fails."""
        if not type(self)._passes(digits):  # noqa: SLF001  # its own class
            raise ValueError(self._refusal)
        self._digits = digits

    def reveal(self) -> str:
        return self._digits

    def __repr__(self) -> str:
        return f"{type(self).__name__}(*********)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Nummer) and type(other) is type(self) and other._digits == self._digits

    def __hash__(self) -> int:
        return hash((type(self), self._digits))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        def build(value: Any) -> _Nummer:
            if isinstance(value, cls):
                return value
            if isinstance(value, str) and cls._passes(value):
                return cls(value)
            raise PydanticCustomError(cls.__name__.lower(), cls._refusal)

        return core_schema.no_info_plain_validator_function(
            build,
            json_schema_input_schema=core_schema.str_schema(pattern="^[0-9]{9}$"),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.reveal),
        )


class Bsn(_Nummer):
    """A burgerservicenummer that passes the elfproef.

    Jeugdwet 7.2.1 lets jeugdhulp use the number, schools may not pass it on: its category is `nummer`, which
    never leaves.
    """

    __slots__ = ()
    _passes = staticmethod(passes_elfproef)
    _refusal = "geen geldig burgerservicenummer"


class Onderwijsnummer(_Nummer):
    """The number DUO gives a leerling without a BSN. Never a BSN: the check digits of the two differ."""

    __slots__ = ()
    _passes = staticmethod(passes_onderwijsproef)
    _refusal = "geen geldig onderwijsnummer"


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
