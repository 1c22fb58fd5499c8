"""`POST /v1/token`: an access token for a client that proves itself with its key."""

from __future__ import annotations

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.api import antwoorden
from gateway.api.http import read_body, respond
from gateway.api.openapi import operation
from gateway.api.problems import BEARER, Problem, answer
from gateway.api.routes import Routes
from gateway.application import Application
from gateway.identity.tokens import METHOD, TokenGranted, TokenRefused
from gateway.runtime.logs import Log
from schemas.events import TOKEN_ISSUED, TOKEN_REFUSED

ROUTES: Final = Routes()
MAX_FORM: Final = 20_000

PROBLEMS: Final = {
    "invalid_request": Problem(
        400,
        "token-ongeldig-verzoek",
        "Ongeldig tokenverzoek",
        "Een parameter ontbreekt, is dubbel of onleesbaar.",
    ),
    "invalid_client": Problem(
        401,
        "token-onbekende-client",
        "Client niet herkend",
        "Het bewijs van de client klopt niet, is verlopen of is al gebruikt.",
        (BEARER,),
    ),
    "unauthorized_client": Problem(
        400,
        "token-client-mag-niet",
        "Client mag dit niet",
        "Deze client mag deze manier van aanmelden niet gebruiken.",
    ),
    "unsupported_grant_type": Problem(
        400,
        "token-manier-onbekend",
        "Manier van aanmelden onbekend",
        "Alleen client_credentials wordt ondersteund.",
    ),
    "invalid_scope": Problem(
        400,
        "token-scope-niet-toegekend",
        "Scope niet toegekend",
        "De client heeft niet elke gevraagde scope.",
    ),
}
"""The problem for each error code of RFC 6749 §5.2. One answer carries that code and the members of the
problem.
"""


@ROUTES.post(
    "/token",
    **operation(
        id="vraagToken",
        tag="Aanmelden",
        summary="Vraag een toegangstoken aan",
        description=(
            "OAuth 2.0 client credentials met een ondertekend bewijs van de client (private_key_jwt). "
            "Elk bewijs heeft een eigen `jti`, geldt hoogstens vijf minuten en werkt een keer."
        ),
        form={
            "grant_type": "Altijd `client_credentials`.",
            "client_assertion_type": "Altijd `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`.",
            "client_assertion": "Het ondertekende bewijs, een JWT.",
            "scope": "Gevraagde scopes, met spaties ertussen. Weggelaten: alle scopes van de client.",
        },
        form_required=("grant_type", "client_assertion_type", "client_assertion"),
        answer=antwoorden.Token,
        answer_text="Het toegangstoken.",
        problems=tuple(PROBLEMS.values()),
    ),
)
async def token(ctx: Application, request: Request) -> Response:
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = await read_body(request, MAX_FORM, seconds=10)
    if request.url.query:
        return _refuse(TokenRefused("invalid_request", "query"), ctx.log)
    granted = await ctx.authenticator.grant(body)
    if not isinstance(granted, TokenGranted):
        return _refuse(granted, ctx.log)
    scopes = str(granted.members["scope"])
    request.state.client = granted.client_id
    ctx.log(TOKEN_ISSUED, client=granted.client_id, scopes=tuple(scopes.split()))
    return respond(200, granted.members, {"Pragma": "no-cache"})


def _refuse(refused: TokenRefused, log: Log) -> Response:
    """The caller hears the code of the standard, and the log which check it was and of whom."""
    log(TOKEN_REFUSED, error=refused.error, reason=refused.reason, client=refused.client_id)
    problem = PROBLEMS[refused.error]
    return answer(problem, extra={"error": refused.error, "error_description": METHOD_TEXT})


METHOD_TEXT: Final = f"client_credentials with {METHOD}; see type"
