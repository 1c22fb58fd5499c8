"""What was agreed beforehand: the texts people read, what may go to whom and why, who exchanges with whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from consent.beleid import Proportionaliteitsprofiel
from consent.convenant import Convenant
from consent.kennisgeving import Kennisgeving, current
from gateway.api import antwoorden
from gateway.api.http import name_parameter, path_name, respond, whole_number
from gateway.api.openapi import NAME, Cursor, Query, operation
from gateway.api.routes import Routes
from gateway.application import Application
from schemas.errors import NotFound
from schemas.people.partij import Scope

TAG = "Afspraken"
T = TypeVar("T")
_PAGE = (
    Cursor("na", "De `na` van de vorige pagina.", NAME),
    Query("aantal", "Hoeveel er op een pagina staan.", 50, 1, 200),
)


ROUTES: Final = Routes()


async def texts(ctx: Application, request: Request) -> dict[str, dict[str, Any]]:
    await ctx.authenticator.require(request, Scope.TOESTEMMING_LEZEN)
    found = (await ctx.regels.current()).kennisgevingen
    geldig = current(found.values())
    return {ref: _kennisgeving(k, geldt=ref in geldig) for ref, k in found.items()}


async def profiles(ctx: Application, request: Request) -> dict[str, Proportionaliteitsprofiel]:
    await ctx.authenticator.require(request, Scope.LEZEN)
    of_cases = (await ctx.regels.current()).beleid.profielen.values()
    return {p.id: p for of_case in of_cases for p in of_case}


async def own(ctx: Application, request: Request) -> dict[str, tuple[str, Convenant]]:
    """The convenanten that the caller takes part in, each with the hash of its text."""
    caller = await ctx.authenticator.require(request, Scope.LEZEN)
    found = (await ctx.regels.current()).beleid.afspraken.convenanten
    return {c.id: (h, c) for h, c in found.items() if caller.partij.id in c.partijen}


@ROUTES.get(
    "/kennisgevingen",
    **operation(
        id="kennisgevingen",
        tag=TAG,
        summary="De teksten die mensen lezen voordat zij kiezen",
        description="Elke versie. `geldt` zegt of een toestemming er nu nog op kan rusten.",
        scope=Scope.TOESTEMMING_LEZEN,
        query=_PAGE,
        answer=antwoorden.Kennisgevingenlijst,
    ),
)
async def kennisgevingen(ctx: Application, request: Request) -> Response:
    found = await texts(ctx, request)
    shown, after = _page(request, found)
    short = [{n: v for n, v in found[ref].items() if n != "tekst"} for ref in shown]
    return respond(200, {"kennisgevingen": short, "na": after})


@ROUTES.get(
    "/kennisgevingen/{kennisgevingRef}",
    **operation(
        id="leesKennisgeving",
        tag=TAG,
        summary="Eén tekst, om te laten zien",
        description="Met de hash die bij het vastleggen van een toestemming hoort.",
        scope=Scope.TOESTEMMING_LEZEN,
        answer=antwoorden.KennisgevingAntwoord,
    ),
)
async def kennisgeving(ctx: Application, request: Request) -> Response:
    return respond(200, _found(await texts(ctx, request), path_name(request, "kennisgevingRef")))


@ROUTES.get(
    "/proportionaliteitsprofielen",
    **operation(
        id="profielen",
        tag=TAG,
        summary="Wat er hoogstens mag gaan, per doel, rol, richting en soort bericht",
        description="Meer dan dit gaat niet mee, wie er ook toestemt.",
        scope=Scope.LEZEN,
        query=_PAGE,
        answer=antwoorden.Profielenlijst,
    ),
)
async def profielen(ctx: Application, request: Request) -> Response:
    found = await profiles(ctx, request)
    shown, after = _page(request, found)
    return respond(200, {"proportionaliteitsprofielen": [_profiel(found[i]) for i in shown], "na": after})


@ROUTES.get(
    "/proportionaliteitsprofielen/{profielId}",
    **operation(
        id="leesProfiel",
        tag=TAG,
        summary="Eén profiel, met per veld waarom het nodig is",
        description="En waar die noodzaak staat (`norm`). De hash staat in elk besluit dat er op rust.",
        scope=Scope.LEZEN,
        answer=antwoorden.ProfielAntwoord,
    ),
)
async def profiel(ctx: Application, request: Request) -> Response:
    found = _found(await profiles(ctx, request), path_name(request, "profielId"))
    velden = found.model_dump(mode="json", by_alias=True)["velden"]
    return respond(200, _profiel(found) | {"velden": velden})


@ROUTES.get(
    "/convenanten",
    **operation(
        id="convenanten",
        tag=TAG,
        summary="De convenanten waaraan uw organisatie meedoet",
        description="Met wie u voor welk doel welke berichten uitwisselt, en tot wanneer.",
        scope=Scope.LEZEN,
        query=_PAGE,
        answer=antwoorden.Convenantenlijst,
    ),
)
async def convenanten(ctx: Application, request: Request) -> Response:
    found = await own(ctx, request)
    shown, after = _page(request, found)
    return respond(200, {"convenanten": [_convenant(*found[i]) for i in shown], "na": after})


@ROUTES.get(
    "/convenanten/{convenantId}",
    **operation(
        id="leesConvenant",
        tag=TAG,
        summary="Eén convenant waaraan uw organisatie meedoet",
        description="De hash is die van de ondertekende tekst.",
        scope=Scope.LEZEN,
        answer=antwoorden.ConvenantAntwoord,
    ),
)
async def convenant(ctx: Application, request: Request) -> Response:
    found = _found(await own(ctx, request), path_name(request, "convenantId"))
    return respond(200, _convenant(*found))


def _kennisgeving(k: Kennisgeving, *, geldt: bool) -> dict[str, Any]:
    told = k.model_dump(mode="json", by_alias=True)
    links = {"zelf": f"/v1/kennisgevingen/{k.ref}"}
    return {"ref": k.ref, **told, "hash": k.hash, "geldt": geldt, "links": links}


def _profiel(p: Proportionaliteitsprofiel) -> dict[str, Any]:
    told = p.model_dump(mode="json", by_alias=True, exclude={"velden"})
    links = {"zelf": f"/v1/proportionaliteitsprofielen/{p.id}"}
    return {**told, "hash": p.hash, "aantalVelden": len(p.velden), "links": links}


def _convenant(hash_of_text: str, c: Convenant) -> dict[str, Any]:
    told = c.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {**told, "hash": hash_of_text, "links": {"zelf": f"/v1/convenanten/{c.id}"}}


def _found(found: dict[str, T], name: str) -> T:
    """The entry with that name. Raises NotFound, which is the same for one that does not exist and one that
    is not for the caller.
    """
    if name not in found:
        raise NotFound
    return found[name]


def _page(request: Request, names: Iterable[str]) -> tuple[list[str], str | None]:
    """A page of names in alphabetical order, after the cursor. What is applied meanwhile does not shift the
    pages.
    """
    after, count = name_parameter(request, "na") or "", whole_number(request, "aantal", 50, 1, 200)
    left = sorted(n for n in names if n > after)
    return left[:count], left[count - 1] if len(left) > count else None
