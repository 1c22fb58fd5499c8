"""Signing in and out: which issuer, the way back from it, for which partij, and the end of it.

Where somebody goes on to is a page of ours and nothing else, and what is on its way is kept in the store and
in one browser, so an answer that somebody made, kept or sent to another is refused.
"""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse, Response

from gateway.identity.oidc import Geweigerd
from gateway.identity.proefuitgever import ID as PROEF
from gateway.identity.sessies import LOGIN_MINUTES
from gateway.web.bladen import Bladen, Dichtheid, own_path
from gateway.web.lijn import Neutraal
from gateway.web.sessie import koekjes, sessie_van
from gateway.web.tafel import tafelkoekje
from gateway.web.vraag import Vraag
from schemas.errors import IssuerUnavailable
from schemas.events import LOGIN_REFUSED, SIGNED_IN, SIGNED_OUT
from schemas.people.mensen import Eis, Handeling, Mensrol, Niveau, Uitgever

BLADEN: Final = Bladen("", dichtheid=Dichtheid.RUIM)
BEGIN: Final = "/begin"
CODE: Final = "/uitnodiging/bekijk"
"""Where somebody with a code goes on after signing in."""
_MAX_QUERY: Final = 4_000
_FRESH_MINUTES: Final = 5
_UNREACHABLE: Final = "onbereikbaar"
_ZELF: Final = {Mensrol.OUDER: "Als ouder", Mensrol.LEERLING: "Als leerling"}


@BLADEN.get("/aanmelden", "Inloggen")
async def choose(vraag: Vraag) -> Response:
    """The issuers there are. With one there is nothing to choose."""
    naar = _bestemming(vraag)
    sessie = await sessie_van(vraag.app, vraag.request)
    if sessie is not None and sessie.caller is None and sessie.keuzes and naar != CODE:
        return vraag.naar("/kies")
    uitgevers = (await vraag.app.authenticator.partijen.current()).mensen.uitgevers
    if len(uitgevers) == 1:
        return await _begin(vraag, next(iter(uitgevers.values())), naar, await _eis(vraag))
    return vraag.toon("aanmelden/kies_uitgever.html", uitgevers=tuple(uitgevers.values()), naar=naar)


@BLADEN.get("/aanmelden/bij/{uitgever}", "Inloggen")
async def begin(vraag: Vraag) -> Response:
    return await _begin(vraag, await _uitgever(vraag), _bestemming(vraag), await _eis(vraag))


@BLADEN.get("/aanmelden/opnieuw", "Opnieuw inloggen")
async def again(vraag: Vraag) -> Response:
    """Surer or fresher than now, for what asks that; at the issuer where he signed in."""
    sessie = await sessie_van(vraag.app, vraag.request)
    naar = _bestemming(vraag)
    asked = Niveau(vraag.vraagt("niveau", set(Niveau)) or Niveau.SUBSTANTIEEL)
    eis = Eis(handeling=Handeling.LEZEN, niveau=asked, vers_minuten=_FRESH_MINUTES)
    mensen = (await vraag.app.authenticator.partijen.current()).mensen
    if sessie is None or sessie.inhoud.uitgever not in mensen.uitgevers:
        return vraag.naar("/aanmelden")
    return await _begin(vraag, mensen.uitgevers[sessie.inhoud.uitgever], naar, eis)


async def _begin(vraag: Vraag, uitgever: Uitgever, naar: str, eis: Eis) -> Response:
    app = vraag.app
    try:
        begun = await app.inloggen.begin(uitgever, eis)
    except Geweigerd as error:
        return _failed(vraag, uitgever, error.reason)
    except IssuerUnavailable:
        return _failed(vraag, uitgever, _UNREACHABLE)
    browser = await app.sessies.onderweg(begun.state, uitgever.id, begun.nonce, begun.verifier, naar, eis)
    answer = vraag.naar(begun.url)
    names = koekjes(app)
    names.zet(answer, names.aanmelden, browser, LOGIN_MINUTES * 60)
    return answer


@BLADEN.get("/aanmelden/terug/{uitgever}", "Inloggen")
async def back(vraag: Vraag) -> Response:
    """The answer of an issuer. Each part of it is taken once, and in the browser that asked for it."""
    app, uitgever, names = vraag.app, await _uitgever(vraag), koekjes(vraag.app)
    query = vraag.request.query_params
    given = {name: query[name] for name in query if len(query.getlist(name)) == 1}
    if len(given) != len(query.multi_items()) or len(vraag.request.url.query) > _MAX_QUERY:
        return _failed(vraag, uitgever, "onleesbaar")
    underway = await app.sessies.terug(given.get("state", ""), vraag.request.cookies.get(names.aanmelden, ""))
    if underway is None:
        return _failed(vraag, uitgever, "state")
    if underway.uitgever != uitgever.id:
        return _failed(vraag, uitgever, "andere_uitgever")
    try:
        login = await app.inloggen.terug(uitgever, given, underway.nonce, underway.verifier, underway.eis)
    except Geweigerd as error:
        return _failed(vraag, uitgever, error.reason)
    except IssuerUnavailable:
        return _failed(vraag, uitgever, _UNREACHABLE)
    secret = await app.sessies.begin(login, vraag.request.cookies.get(names.sessie))
    app.log(SIGNED_IN, uitgever=uitgever.id, niveau=login.niveau)
    sessie = await app.sessies.lees(secret)
    to = underway.naar
    if sessie is not None and sessie.caller is None and to != CODE:
        to = "/kies" if sessie.keuzes else "/geen-rol"
    answer = vraag.naar(to)
    names.wis(answer, names.aanmelden)
    names.wis(answer, tafelkoekje(vraag))
    names.zet(answer, names.sessie, secret)
    return answer


@BLADEN.get("/kies", "Voor wie u werkt")
async def places(vraag: Vraag) -> Response:
    """For which partij he acts now, of those for which he may."""
    sessie = await sessie_van(vraag.app, vraag.request)
    if sessie is None:
        return vraag.naar("/aanmelden")
    if not sessie.keuzes:
        return vraag.naar("/geen-rol")
    partijen = (await vraag.app.authenticator.partijen.current()).by_id
    keuzes = []
    for sleutel, rollen in sessie.keuzes.items():
        link = sessie.koppelingen.get(sleutel)
        partij = partijen[sleutel if link is None else link.partij].naam
        name = partij if link is None else f"{_ZELF[link.rol]} bij {partij}"
        keuzes.append((sleutel, name, sorted(r.value for r in rollen)))
    return vraag.toon("aanmelden/kies_partij.html", keuzes=keuzes, csrf=sessie.csrf)


@BLADEN.post("/kies", "Voor wie u werkt")
async def choose_place(vraag: Vraag) -> Response:
    sessie = await sessie_van(vraag.app, vraag.request)
    if sessie is None or not sessie.csrf_holds(vraag.invoer.tekst("csrf")):
        raise Neutraal
    if not await vraag.app.sessies.kies(sessie, vraag.invoer.tekst("partij")):
        raise Neutraal
    return vraag.naar(BEGIN)


@BLADEN.get("/geen-rol", "Geen rol")
async def no_role(vraag: Vraag) -> Response:
    sessie = await sessie_van(vraag.app, vraag.request)
    if sessie is None:
        return vraag.naar("/aanmelden")
    return vraag.toon("aanmelden/geen_rol.html", csrf=sessie.csrf, naam=sessie.inhoud.naam)


@BLADEN.post("/afmelden", "Uitloggen")
async def leave(vraag: Vraag) -> Response:
    """The end of this session, or of all that this person has anywhere."""
    app, names = vraag.app, koekjes(vraag.app)
    sessie = await sessie_van(app, vraag.request)
    by = ""
    if sessie is not None:
        if not sessie.csrf_holds(vraag.invoer.tekst("csrf")):
            raise Neutraal
        by = sessie.inhoud.uitgever
        ended = 1
        if vraag.invoer.tekst("overal") == "ja":
            ended = await app.sessies.eindig_overal(sessie)
        else:
            await app.sessies.eindig(vraag.request.cookies.get(names.sessie, ""))
        app.log(SIGNED_OUT, uitgever=by, reason="zelf", sessions=ended)
    answer = vraag.naar(f"/afgemeld?bij={by}" if by else "/afgemeld")
    answer.headers["Clear-Site-Data"] = '"cache"'
    names.wis(answer, names.sessie)
    return answer


@BLADEN.get("/afgemeld", "Uitgelogd")
async def left(vraag: Vraag) -> Response:
    """Signed out here. The issuer may still have a session, which the link ends."""
    uitgevers = (await vraag.app.authenticator.partijen.current()).mensen.uitgevers
    by = uitgevers.get(vraag.vraagt("bij") or "")
    there = None if by is None else await vraag.app.inloggen.afmeldadres(by)
    return vraag.toon("aanmelden/afgemeld.html", uitgever=by, daar=there)


@BLADEN.post("/aanmelden/uitgelogd/{uitgever}", "Uitgelogd bij de uitgever")
async def ended_there(vraag: Vraag) -> Response:
    """An issuer says that it ended a session (Back-Channel Logout 1.0): ours of it end at once."""
    app, uitgever = vraag.app, await _uitgever(vraag)
    try:
        sub, sid, jti, until = await app.inloggen.uitgelogd(uitgever, vraag.invoer.tekst("logout_token"))
    except (Geweigerd, IssuerUnavailable) as error:
        reason = error.reason if isinstance(error, Geweigerd) else _UNREACHABLE
        app.log(LOGIN_REFUSED, uitgever=uitgever.id, reason=reason)
        return JSONResponse({"error": "invalid_request"}, HTTPStatus.BAD_REQUEST)
    now, ends = dt.datetime.now(dt.UTC), dt.datetime.fromtimestamp(until, dt.UTC)
    if await app.storage.claim_jti(f"uitgever {uitgever.id}", app.vault.fingerprint(jti.encode()), ends, now):
        ended = await app.sessies.eindig_bij(uitgever.issuer, sub, sid)
        app.log(SIGNED_OUT, uitgever=uitgever.id, reason="uitgever", sessions=ended)
    return Response(status_code=HTTPStatus.OK)


@BLADEN.get("/aanmelden/sleutels", "Sleutels")
async def keys(vraag: Vraag) -> Response:
    """Our public key, by which an issuer knows us."""
    return JSONResponse(vraag.app.inloggen.sleutels())


def _bestemming(vraag: Vraag) -> str:
    """Where to go on to: the address of a page of ours that is read, or the beginning."""
    from gateway.web.paginas import PLAATSEN  # noqa: PLC0415 - the pages all together know this one

    asked = own_path(vraag.request.query_params.get("naar", ""), BEGIN)
    for plaats in PLAATSEN:
        for blad in plaats.table:
            open_too = asked == CODE
            if not blad.changes and (blad.rollen or open_too) and blad.form.fullmatch(asked):
                return asked
    return BEGIN


async def _eis(vraag: Vraag) -> Eis:
    """What a login is asked. Where a screen was given to somebody, one that his issuer still remembers is not
    enough: the person at the table would be in with one click.
    """
    eis = await vraag.app.sessies.eis(Handeling.LEZEN)
    if tafelkoekje(vraag) not in vraag.request.cookies:
        return eis
    return eis.model_copy(update={"vers_minuten": min(eis.vers_minuten or _FRESH_MINUTES, _FRESH_MINUTES)})


async def _uitgever(vraag: Vraag) -> Uitgever:
    found = (await vraag.app.authenticator.partijen.current()).mensen.uitgevers.get(vraag.pad("uitgever"))
    if found is None:
        raise Neutraal
    return found


def _failed(vraag: Vraag, uitgever: Uitgever, reason: str) -> Response:
    """What went wrong in one sentence. What the issuer or somebody else sent is not shown."""
    vraag.app.log(LOGIN_REFUSED, uitgever=uitgever.id, reason=reason)
    status = HTTPStatus.BAD_GATEWAY if reason == _UNREACHABLE else HTTPStatus.FORBIDDEN
    answer = vraag.toon(
        "aanmelden/mislukt.html", status=status, reden=reason, uitgever=uitgever, proef=uitgever.id == PROEF
    )
    names = koekjes(vraag.app)
    if reason != "state":
        names.wis(answer, names.aanmelden)
    return answer
