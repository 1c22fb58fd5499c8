"""iJw messages in files: each by itself, and what they have against each other."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Callable
from typing import Final, NamedTuple

from adapters.ijw import MAX_BYTES, envelop, read, regels, retour
from adapters.ijw.bericht import JwBericht
from adapters.ijw.gedeeld import gedeeld
from adapters.ijw.regelfout import Regelfout
from adapters.ijw.retourcodes import HUBFOUTEN
from adapters.ijw.verloop import MemoryVerloop, aanvaard
from adapters.ijw.verloopregels import check_verloop
from adapters.xml import parser as xml
from adapters.xml.nodes import sub, text
from schemas.errors import Fault, InvalidMessage
from schemas.messages.bericht import Inhoud
from schemas.messages.vertaling import Bevinding, Gelezen

_HEEN: Final = {answer: heen for heen, answer in retour.ANSWERS.items() if answer != "JW325"}


class _Gelezen(NamedTuple):
    file: str
    bericht: JwBericht
    refused: bool
    """It was refused by a rule of one message. It counts as never sent, but still hears what it has against
    the others.
    """


class Reeks:
    """Reads one message after the other, and keeps them until they are laid beside each other."""

    def __init__(self, today: dt.date) -> None:
        self._today = today
        self._reeks: list[_Gelezen] = []

    def bericht(self, read: Callable[[], JwBericht], file: str, naam: str) -> Gelezen:
        try:
            bericht = read()
        except InvalidMessage as error:
            return Gelezen(naam, None, error.faults, ())
        naam = f"iJw 3.2 {bericht.soort}"
        found = regels.check(bericht, today=self._today)
        self._reeks.append(_Gelezen(file, bericht, refused=bool(found)))
        if found:
            return Gelezen(naam, None, _as_faults(found), ())
        try:
            return Gelezen(naam, gedeeld(bericht), (), ())
        except InvalidMessage as error:
            return Gelezen(naam, None, error.faults, ())

    def in_envelop(self, raw: bytes, file: str, naam: str) -> Gelezen:
        try:
            found = envelop.unwrap(raw, max_bytes=MAX_BYTES)
        except InvalidMessage as error:
            return Gelezen(naam, None, error.faults, ())
        if isinstance(found, envelop.Foutbericht):
            said = {
                "code": found.code,
                "betekenis": HUBFOUTEN.get(found.code),
                "plek": found.plek,
                "kruisreferentie": found.crossref,
            }
            return Gelezen("StUF Fo01", Inhoud("foutbericht", {k: v for k, v in said.items() if v}), (), ())
        inner = self.bericht(lambda: read(found.payload), file, "iJw")  # an envelope never holds an envelope
        odd = inner.bevindingen
        if inner.standaard.startswith("iJw 3.2") and not inner.standaard.endswith(found.functie):
            odd = (
                Bevinding("envelop.functie", "/", "De envelop noemt een ander bericht dan erin zit."),
                *odd,
            )
        return Gelezen(f"{inner.standaard} in {naam}", inner.inhoud, inner.fouten, odd)

    def naast_elkaar(self, *, volledig: bool) -> tuple[MemoryVerloop, dict[str, tuple[Fault, ...]]]:
        """What the iJw messages read so far have against each other, by name of the file; and their course.

        They go in the order of their dagtekening and then of their names, because messages arrive in any
        order (OP080). A message that is refused (here, by its own content, or by a retour among them) counts
        as never sent. `volledig` says that these are all there ever were, so what is not among them was never
        sent.
        """
        verloop = a_verloop(volledig=volledig)
        refused = {
            (_HEEN[b.soort], *_identity(b)) for _, b, _ in self._reeks if b.soort in _HEEN and not aanvaard(b)
        }
        found: dict[str, tuple[Fault, ...]] = {}
        for row in sorted(self._reeks, key=lambda row: (dagtekening(row.bericht), row.file)):
            broken = check_verloop(row.bericht, verloop)
            if broken:
                found[row.file] = _as_faults(broken)
            elif not row.refused and (row.bericht.soort, *_identity(row.bericht)) not in refused:
                verloop.apply(row.bericht)
        return verloop, found


def a_verloop(*, volledig: bool) -> MemoryVerloop:
    """For one run only: the key of its pseudonyms is kept nowhere."""
    key = secrets.token_bytes(32)
    return MemoryVerloop(
        lambda bsn: hmac.digest(key, bsn.encode(), "sha256").hex(), volledig=lambda *_: volledig
    )


def _as_faults(found: tuple[Regelfout, ...]) -> tuple[Fault, ...]:
    faults = tuple(Fault(f.code, f.place, f.text) for f in found[: xml.MAX_FAULTS])
    if len(found) > xml.MAX_FAULTS:
        more = found[xml.MAX_FAULTS].place
        faults = (*faults, Fault("ijw.meer", more, "Er zijn meer fouten dan hier worden genoemd."))
    return faults


def _identity(bericht: JwBericht) -> tuple[str | None, str | None]:
    """The fields of the message it answers that a retour repeats."""
    header = sub(bericht.inhoud, "Header")
    return text(header, "Afzender"), text(sub(header, "BerichtIdentificatie"), "Identificatie")


def dagtekening(bericht: JwBericht) -> str:
    return text(sub(sub(bericht.inhoud, "Header"), "BerichtIdentificatie"), "Dagtekening") or ""
