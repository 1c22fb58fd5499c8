"""The one place where an error becomes an answer: RFC 9457 `application/problem+json`, texts in Dutch.

No answer repeats anything the caller sent: no value, no unknown name, no message of an exception. What is
sent back are names that stand in our own schemas, positions, and texts from the tables here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import orjson
from starlette.responses import Response

from gateway.faults import _MORE, MAX_FAULTS
from schemas.errors import (
    AlreadyRunning,
    AlreadySigned,
    Busy,
    Conflict,
    EarlierWaits,
    EndsItself,
    Fault,
    GatewayError,
    GezagUnchecked,
    IdempotencyMismatch,
    InvalidMessage,
    LeaseRuns,
    LedgerBroken,
    MessageTooLarge,
    NotAuthenticated,
    NotAuthorised,
    NotFailed,
    NotFound,
    NotSigned,
    NotSure,
    OtherContent,
    Outdated,
    OverShare,
    RecordUnavailable,
    StateBroken,
    StillHeld,
    UnsupportedMessage,
    WouldEnd,
    WrongUse,
)

TYPE_BASE: Final = "https://ozlijn.nl/problemen/"
"""Start of every problem `type`. Stable: clients compare it."""
MEDIA_TYPE: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of answer. `slug` completes the type; `headers` always go with it."""

    status: int
    slug: str
    title: str
    detail: str
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def type(self) -> str:
        return TYPE_BASE + self.slug

    def members(self) -> dict[str, object]:
        return {"type": self.type, "title": self.title, "status": self.status, "detail": self.detail}


BEARER: Final = ("WWW-Authenticate", 'Bearer realm="ozlijn"')

UNFORESEEN: Final = Problem(
    500,
    "onvoorzien",
    "Er ging iets mis bij ons",
    "Dit ligt niet aan uw bericht. Meld de correlatie-id bij de beheerder als het blijft gebeuren.",
)
_ACCOUNT: Final = Problem(
    503,
    "verantwoording-onbeschikbaar",
    "Verantwoording niet beschikbaar",
    "Het is niet vastgelegd, of wij weten dat niet zeker. Herhaal het verzoek met dezelfde Idempotency-Key: "
    "dan gebeurt het eenmaal.",
    (("Retry-After", "5"),),
)

PROBLEMS: Final[Mapping[type[GatewayError], Problem]] = {
    GatewayError: UNFORESEEN,
    InvalidMessage: Problem(
        400,
        "ongeldig-bericht",
        "Ongeldig bericht",
        "Het bericht voldoet niet. Alle fouten staan in `fouten`.",
    ),
    UnsupportedMessage: Problem(
        400,
        "niet-ondersteund-bericht",
        "Bericht niet ondersteund",
        "Deze standaard, versie of dit profiel lezen wij niet. Zie `fouten`.",
    ),
    MessageTooLarge: Problem(
        413,
        "bericht-te-groot",
        "Bericht te groot",
        "Het bericht is groter dan toegestaan en is niet gelezen.",
    ),
    NotAuthenticated: Problem(
        401,
        "niet-aangemeld",
        "Niet aangemeld",
        "Vraag een nieuw toegangstoken aan en stuur het mee in de header Authorization.",
        (BEARER,),
    ),
    NotAuthorised: Problem(403, "niet-bevoegd", "Niet bevoegd", "Deze client mag deze handeling niet doen."),
    NotSure: Problem(
        403,
        "login-niet-zeker",
        "Login niet zeker genoeg",
        "Log opnieuw in, met het niveau dat deze handeling vraagt. Er is niets gedaan.",
    ),
    NotFound: Problem(404, "niet-gevonden", "Niet gevonden", "Er is hier niets voor u."),
    Conflict: Problem(
        409,
        "conflict",
        "Conflict",
        "Het verzoek past niet bij wat al is vastgelegd. Lees opnieuw en kies dan.",
    ),
    GezagUnchecked: Problem(
        409,
        "gezag-nakijken",
        "Gezag niet nagekeken",
        "Kijk het gezag na in het gezagsregister en leg het vast. Nodig daarna uit.",
    ),
    WouldEnd: Problem(
        409,
        "personen-niet-herkend",
        "Personen niet herkend",
        "Wat deze personen zeiden telt dan niet meer: zie `toestemmingen` en `bezwaren`. Noem hun "
        "`persoonId` als het dezelfde personen zijn, of `nieuw` bij wie nieuw is.",
    ),
    Outdated: Problem(
        409,
        "verschil-verouderd",
        "Er is iets veranderd",
        "Wat u zag klopt niet meer, of het is te lang geleden. Er is niets overgenomen. Vraag het verschil "
        "opnieuw en kies dan. Staan er `plaatsen`, dan gaat het om die.",
    ),
    LeaseRuns: Problem(
        409,
        "lease-loopt",
        "Al opgehaald",
        "U hebt deze levering opgehaald. Teken ervoor, of wacht tot de lease voorbij is.",
    ),
    EarlierWaits: Problem(
        409,
        "eerdere-wacht",
        "Een eerdere gaat voor",
        "Over deze leerling staat nog een eerdere levering voor u klaar. Haal die eerst op en teken ervoor.",
    ),
    OtherContent: Problem(
        409,
        "andere-inhoud",
        "Getekend voor andere inhoud",
        "De hash in dit bewijs is niet die van wat u het laatst ophaalde. Teken voor die bytes.",
    ),
    NotSigned: Problem(
        409,
        "niet-getekend",
        "Nog niet getekend",
        "Teken eerst voor ontvangst; meld daarna dat het is verwerkt.",
    ),
    AlreadySigned: Problem(
        409,
        "al-getekend",
        "Al getekend",
        "U hebt al voor ontvangst getekend. Wat u ontving kunt u niet meer weigeren.",
    ),
    NotFailed: Problem(
        409,
        "niet-mislukt",
        "Niet mislukt",
        "Alleen een mislukte levering kan opnieuw worden aangeboden. Lees hoe het er nu voor staat.",
    ),
    StillHeld: Problem(
        409,
        "wacht-nog",
        "Het moet nog wachten",
        "Er is nog niet genoeg toestemming om dit opnieuw aan te bieden. De redenen staan bij de levering.",
    ),
    EndsItself: Problem(
        409,
        "taak-eindigt-vanzelf",
        "Deze taak meldt u niet",
        "Deze taak is klaar als vastligt wat zij vraagt, of zij is al klaar.",
    ),
    IdempotencyMismatch: Problem(
        422,
        "sleutel-hergebruikt",
        "Idempotency-Key al gebruikt",
        "Deze Idempotency-Key hoort bij een ander verzoek. Gebruik voor een nieuw verzoek een nieuwe.",
    ),
    RecordUnavailable: _ACCOUNT,
    StateBroken: _ACCOUNT,
    LedgerBroken: _ACCOUNT,
    Busy: Problem(
        503,
        "te-druk",
        "Te druk",
        "Er is niets veranderd. Herhaal het verzoek met dezelfde Idempotency-Key.",
        (("Retry-After", "2"),),
    ),
    OverShare: Problem(
        429,
        "te-veel-tegelijk",
        "Te veel tegelijk",
        "Uw organisatie vraagt meer tegelijk dan haar deel. Er is niets veranderd. Vraag minder tegelijk, "
        "en herhaal dit verzoek met dezelfde Idempotency-Key.",
        (("Retry-After", "5"),),
    ),
    WrongUse: UNFORESEEN,
    AlreadyRunning: UNFORESEEN,
}
"""The problem for each exact class of error. A subclass without a row fails a test, and until then is
answered as its parent.
"""

FRAMEWORK: Final[Mapping[int, Problem]] = {
    400: Problem(400, "ongeldig-verzoek", "Ongeldig verzoek", "Het verzoek is niet te lezen."),
    401: PROBLEMS[NotAuthenticated],
    403: PROBLEMS[NotAuthorised],
    404: PROBLEMS[NotFound],
    405: Problem(
        405,
        "methode-niet-toegestaan",
        "Methode niet toegestaan",
        "Zie de header Allow voor wat hier wel kan.",
    ),
    408: Problem(408, "te-traag", "Verzoek duurde te lang", "Het verzoek kwam niet op tijd binnen."),
    413: PROBLEMS[MessageTooLarge],
    415: Problem(
        415,
        "mediatype-niet-ondersteund",
        "Mediatype niet ondersteund",
        "Stuur het mediatype dat bij deze handeling beschreven staat, zonder Content-Encoding.",
    ),
    414: Problem(
        414, "adres-te-lang", "Adres te lang", "De eerste regel van het verzoek is langer dan toegestaan."
    ),
    431: Problem(
        431,
        "koppen-te-groot",
        "Headers te groot",
        "Een header is te lang, of het zijn er te veel. Stuur wat u te zeggen heeft in het bericht zelf.",
    ),
    500: UNFORESEEN,
    503: PROBLEMS[Busy],
}
"""The problem for each status that Starlette and FastAPI raise. Their own texts are never passed on."""


def problem_for(error: GatewayError) -> Problem:
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)


def problem_for_status(status: int) -> Problem:
    """An unlisted 4xx (or lower) is answered as a bad request, anything else as unforeseen."""
    return FRAMEWORK.get(status) or FRAMEWORK[400 if status < HTTPStatus.INTERNAL_SERVER_ERROR else 500]


def answer(
    problem: Problem,
    faults: Sequence[Fault] = (),
    *,
    correlation: str | None = None,
    headers: Iterable[tuple[str, str]] = (),
    extra: Mapping[str, object] | None = None,
) -> Response:
    """The response. Only a 500 has the correlation id in its body too, so a 404 is always the same bytes."""
    members = problem.members()
    if faults:
        members["fouten"] = [_fault(fault) for fault in _bounded(faults)]
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR and correlation is not None:
        members["correlatieId"] = correlation
    response = Response(orjson.dumps({**(extra or {}), **members}), problem.status, media_type=MEDIA_TYPE)
    for name, value in (*problem.headers, *headers):
        response.headers[name] = value
    return response


def answer_error(error: GatewayError, *, correlation: str | None = None) -> Response:
    """The answer to any error of ours. A 404 never shows faults, whatever it carries."""
    faults = error.faults if isinstance(error, InvalidMessage) else ()
    extra = None
    if isinstance(error, WouldEnd):
        extra = {"toestemmingen": error.toestemmingen, "bezwaren": error.bezwaren}
    elif isinstance(error, Outdated) and error.places:
        extra = {"plaatsen": error.places}
    return answer(problem_for(error), faults, correlation=correlation, extra=extra)


def _bounded(faults: Sequence[Fault]) -> Sequence[Fault]:
    if len(faults) <= MAX_FAULTS:
        return faults
    return [*faults[: MAX_FAULTS - 1], _MORE]


def _fault(fault: Fault) -> dict[str, object]:
    shown: dict[str, object] = {"code": fault.code, "plaats": fault.place, "tekst": fault.text}
    if fault.line is not None:
        shown["regel"] = fault.line
    return shown


# Pydantic's findings as Faults.
