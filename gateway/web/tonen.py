"""From a template to an answer: Jinja with everything escaped, the own stylesheet, and the headers of a page.

Nothing on a page comes from another host, and nothing in it is executed but the one script that is ours.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response

from consent.leeftijd import AMSTERDAM
from gateway.web import grafiek

_MONTHS: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
MEDIA: Final = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_FOREVER: Final = "public, max-age=31536000, immutable"
_OWN_FILES: Final = ("ozlijn.css", "ozlijn.js")
HEADERS: Final = {
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
"""Beside the fixed ones of every answer (gateway/api/http.py)."""


@dataclass(frozen=True, slots=True)
class Omgeving:
    """What is the same on every page of one gateway."""

    sandbox: bool
    inloggen: bool
    """Whether anybody can sign in here."""


@dataclass(frozen=True, slots=True)
class Bestand:
    """A file of ours, under an address that changes with its content."""

    path: str
    media: str
    raw: bytes


@cache
def own_files() -> Mapping[str, Bestand]:
    """By path: the stylesheet and the script."""
    made = {}
    for name in _OWN_FILES:
        raw = files("gateway.web").joinpath("stijl", name).read_bytes()
        stem, _, kind = name.rpartition(".")
        path = f"/stijl/{stem}.{hashlib.sha256(raw).hexdigest()[:16]}.{kind}"
        made[path] = Bestand(path, MEDIA[kind], raw)
    return made


def serve_own(request: Request, file: Bestand) -> Response:
    """The file, to be kept by a browser for as long as it wants: another content has another address."""
    request.state.fixed = {b"cache-control": _FOREVER.encode(), b"content-security-policy": policy()}
    return Response(file.raw, media_type=file.media, headers=HEADERS)


def policy(form_to: Sequence[str] = ()) -> bytes:
    """The content security policy of a page: our own style, script and pictures, and nothing inline."""
    forms = " ".join(("'self'", *form_to))
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        f"form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    ).encode()


@cache
def teksten() -> Mapping[str, Any]:
    """Texts that more than one page says."""
    return tomllib.loads(files("gateway.web").joinpath("teksten.toml").read_text(encoding="utf-8"))


def dag(value: dt.date | dt.datetime | str) -> str:
    """14 oktober 2026."""
    found = _moment(value)
    if isinstance(found, dt.datetime):
        found = found.astimezone(AMSTERDAM).date()
    return f"{found.day} {_MONTHS[found.month - 1]} {found.year}"


def moment(value: dt.datetime | str) -> str:
    """14 oktober 2026 om 10.05 uur."""
    found = _moment(value)
    assert isinstance(found, dt.datetime), "a moment has a time"
    return f"{dag(found)} om {tijd(found)}"


def tijd(value: dt.datetime | str) -> str:
    """10.05 uur."""
    found = _moment(value)
    assert isinstance(found, dt.datetime), "a time is of a moment"
    here = found.astimezone(AMSTERDAM)
    return f"{here.hour}.{here.minute:02} uur"


def maand(value: dt.date | str) -> str:
    """Oktober 2026."""
    found = dt.date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{_MONTHS[found.month - 1]} {found.year}"


def geleden(value: dt.date | dt.datetime | str, nu: dt.datetime) -> str:
    """9 dagen. For a list; never in a proof."""
    found = _moment(value)
    day = found.astimezone(AMSTERDAM).date() if isinstance(found, dt.datetime) else found
    days = (nu.astimezone(AMSTERDAM).date() - day).days
    return "vandaag" if days <= 0 else "1 dag" if days == 1 else f"{days} dagen"


def getal(value: int) -> str:
    """1.234.567."""
    return f"{value:,}".replace(",", ".")


def _moment(value: dt.date | dt.datetime | str) -> dt.date | dt.datetime:
    if not isinstance(value, str):
        return value
    return (
        dt.date.fromisoformat(value) if len(value) == len("2026-10-14") else dt.datetime.fromisoformat(value)
    )


@cache
def templates() -> Environment:
    """One for all: it holds nothing of a request. A name that a page forgot to give is an error."""
    made = Environment(
        loader=PackageLoader("gateway.web", "sjablonen"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "dag": dag,
        "moment": moment,
        "tijd": tijd,
        "maand": maand,
        "geleden": geleden,
        "getal": getal,
        "staven": grafiek.staven,
        "lijn": grafiek.lijn,
    }
    return made


def html(
    request: Request,
    omgeving: Omgeving,
    sjabloon: str,
    status: int,
    *,
    form_to: Sequence[str] = (),
    **what: Any,
) -> Response:
    """An answer with one page. It is kept nowhere, and shown in no frame."""
    request.state.fixed = {b"content-security-policy": policy(form_to)}
    style, script = own_files()
    shared = {"omgeving": omgeving, "stijl": style, "script": script, "teksten": teksten()}
    page = templates().get_template(sjabloon).render(**shared, **what)
    return Response(page, status, media_type="text/html", headers=HEADERS)
