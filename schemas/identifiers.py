"""Numbers and codes that name a person or an organisation, checked when they come in.

`Bsn` and `Onderwijsnummer` never show themselves: repr and str are masked, so a stray log line or traceback
cannot leak one.
"""

from __future__ import annotations

import re
import unicodedata
from operator import mul
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, GetCoreSchemaHandler, StringConstraints
from pydantic_core import PydanticCustomError, core_schema

_DIGITS: Final = re.compile(r"[0-9]{9}")
_WEIGHTS: Final = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_ONDERWIJSNUMMER_REST: Final = 5


def _rest(number: str) -> int | None:
    """The weighted sum 9a+8b+…+2h-1i of nine digits, modulo eleven. None for any other text, and for nine
    zeros.
    """
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

    Jeugdwet 7.2.1 lets jeugdhulp use the number, schools pass it on only where the law says so: its category
    is `nummer`, which leaves by a rule of a flow or not at all (docs/decisions/0056).
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
Kvk = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
SwvNummer = Annotated[str, StringConstraints(pattern=r"^(PO|VO)[0-9]{4}$")]
"""Of a samenwerkingsverband passend onderwijs."""
Lrk = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
"""Of a place in the Landelijk Register Kinderopvang. Not the number of a person, though as long as one."""
Rio = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}[A-Z][0-9]{3}$")]
"""Of an onderwijsaanbieder, bestuur or location in the Registratie Instellingen en Opleidingen."""
Bestuursnummer = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
PartijId = Annotated[
    str,
    StringConstraints(
        pattern=r"^(oin:[0-9]{20}|agb:[0-9]{8}|brin:[0-9]{2}[A-Z]{2}[0-9]{2}|gemeente:[0-9]{4})$"
    ),
]
"""How a partij is named everywhere: the scheme and value of one of its own identifiers."""
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""A random identifier of ours (128 bits, in hex): says nothing about person, moment or order."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of signs that no screen shows: control, format (zero width and bidi), line ends, half
pairs.
"""
_IGNORABLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
"""Letters and marks of other categories that Unicode says are shown as nothing."""


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or _IGNORABLE.match(character) is not None


def _shown(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text  # as nearly every identifier is
    return "".join(character for character in text if not _unseen(character))


def comparable(text: str) -> str:
    """The form in which two identifiers of an outside system are equal when a reader sees no difference
    between them.

    It leaves out what is not shown and the white space around it, and is in NFC. Nothing else is changed:
    capitals, zeros in front and white space inside are that system's own. Applying it twice changes nothing
    more.
    """
    shown = _shown(text)
    return unicodedata.normalize("NFC", shown).strip()


ODDITIES: Final = {
    "kenmerk.onzichtbaar": "Hier staat een teken in dat niemand ziet.",
    "kenmerk.rand": "Hier staat witruimte voor of achter.",
    "kenmerk.nfc": "Hier staan letters en hun tekens los van elkaar: gebruik Unicode NFC.",
    "kenmerk.leeg": "Hier staat niets.",
}
"""Why an outside system may not bring an identifier as a new one: the Dutch text of each code."""


def oddities(text: str) -> tuple[str, ...]:
    """The codes of what is wrong with a text as a new identifier.

    There are none exactly when the text is not empty and `comparable` leaves it as it is.
    """
    shown = _shown(text)
    found = {
        "kenmerk.onzichtbaar": shown != text,
        "kenmerk.rand": shown != shown.strip(),
        "kenmerk.nfc": not unicodedata.is_normalized("NFC", shown),
        "kenmerk.leeg": not shown.strip(),
    }
    return tuple(code for code, so in found.items() if so)


def name_oddities(text: str) -> tuple[str, ...]:
    """The codes of what is wrong with a text as the name of a person, which keyboards write in different
    ways.

    Letters and their signs may stand apart, because `comparable` makes one name of both spellings.
    """
    return tuple(code for code in oddities(text) if code != "kenmerk.nfc")


def _seen(text: str) -> str:
    for code in oddities(text):
        raise PydanticCustomError("kenmerk", "{code}", {"code": code})
    return text


def _readable(text: str) -> str:
    for code in name_oddities(text):
        raise PydanticCustomError("kenmerk", "{code}", {"code": code})
    return text


Kenmerk = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_seen)]
"""The name that an outside system has for something, in a request: a document, a leerling.

Never used for what is stored, which may be older than these rules.
"""

Medewerkernaam = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_readable)]
"""The name that a partij uses for someone who works there, in a request: a `Kenmerk` in any normal form of
Unicode.

It is stored as it came. Two names are one employee when `comparable` makes them the same text.
"""
