"""What somebody filled in: read within bounds, and shown again with each fault at its field."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from gateway.api.http import read_body
from gateway.web.lijn import Probleem

MAX_FORM: Final = 200_000
"""Bytes of a form without a file."""
MAX_FIELDS: Final = 2_000
CSRF: Final = "csrf"
KEY: Final = "sleutel"


@dataclass(frozen=True, slots=True)
class Veldfout:
    """A fault and the field that it is about; `veld` None: about the whole."""

    veld: str | None
    tekst: str


@dataclass(frozen=True, slots=True)
class Invoer:
    """The fields of one form. A template asks this for what to show in a field, and whether it is wrong."""

    waarden: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    bestanden: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """By field: the bytes of its last file."""
    genoemd: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Of every file its own name and its bytes."""
    fouten: tuple[Veldfout, ...] = ()

    @classmethod
    def of(cls, **waarden: str | Sequence[str] | None) -> Self:
        """A form that is shown for the first time, with these values in it."""
        given = {n: (v,) if isinstance(v, str) else tuple(v) for n, v in waarden.items() if v is not None}
        return cls(given)

    def tekst(self, veld: str) -> str:
        """What was filled in, without white space around it; empty when nothing was."""
        return self.waarden.get(veld, ("",))[0].strip()

    def alle(self, veld: str) -> tuple[str, ...]:
        """Every box that was ticked."""
        return self.waarden.get(veld, ())

    def heeft(self, veld: str, waarde: str) -> bool:
        return waarde in self.waarden.get(veld, ())

    def dag(self, veld: str) -> dt.date | None:
        """A day, as a browser sends it; None when it is empty or none."""
        try:
            return dt.date.fromisoformat(self.tekst(veld))
        except ValueError:
            return None

    @property
    def sleutel(self) -> str:
        """The Idempotency-Key that was shown with the form."""
        return self.tekst(KEY)

    def fout(self, veld: str) -> str | None:
        return next((f.tekst for f in self.fouten if f.veld == veld), None)

    def zonder(self, veld: str) -> Self:
        """The same form with this field empty."""
        return replace(self, waarden={n: v for n, v in self.waarden.items() if n != veld})

    def met_fout(self, veld: str | None, tekst: str) -> Self:
        """The same form with one fault more."""
        return replace(self, fouten=(*self.fouten, Veldfout(veld, tekst)))

    def met(self, probleem: Probleem, velden: Mapping[str, str]) -> Self:
        """The same form with the faults of an operation at its fields.

        `velden`: from a place in the body (a JSON pointer, or the beginning of one) to the field. A fault of
        which the place is no field stands above the form; no fault is lost.
        """
        found = [Veldfout(_field(f.plaats, velden), _sentence(f.tekst)) for f in probleem.fouten]
        return replace(self, fouten=(*self.fouten, *(found or [Veldfout(None, probleem.tekst)])))


def _field(plaats: str, velden: Mapping[str, str]) -> str | None:
    there = [p for p in velden if plaats == p or plaats.startswith(f"{p}/")]
    return velden[max(there, key=len)] if there else None


def _sentence(text: str) -> str:
    """The texts of faults are clauses behind a place; above a form each is a sentence."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


async def read_form(request: Request, most: int, seconds: float) -> Invoer:
    """The form in the body, of at most `most` bytes. Raises MessageTooLarge, and HTTPException 400 or 415."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise HTTPException(415)
    raw = await read_body(request, most, seconds)
    sent = False

    async def again() -> dict[str, object]:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": raw, "more_body": False}

    inner = Request({**request.scope}, again)
    async with inner.form(max_files=100, max_fields=MAX_FIELDS, max_part_size=most) as form:
        return await _taken(form)


async def _taken(form: FormData) -> Invoer:
    values: dict[str, tuple[str, ...]] = {}
    files: dict[str, bytes] = {}
    named: list[tuple[str, bytes]] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            files[name] = await value.read()
            named.append((value.filename or "", files[name]))
        else:
            values[name] = (*values.get(name, ()), value)
    return Invoer(values, files, tuple(named))
