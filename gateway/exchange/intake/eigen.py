"""Messages in our own schema, `{"soort": ..., "inhoud": {...}}`: reading them and checking them against their
rules.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import orjson
from pydantic import ValidationError

from gateway.faults import faults_of
from schemas.base import Model
from schemas.bounds import too_many_values
from schemas.checks.beginselen import check_beginselen
from schemas.checks.oppregels import check_opp
from schemas.errors import Fault, InvalidMessage, MessageTooLarge, UnsupportedMessage
from schemas.exchange.uitwisseling import EigenBericht
from schemas.messages.anonieme_vraag import AnoniemeVraag, herkenbaar
from schemas.messages.arrangement import Arrangement
from schemas.messages.bericht import Bericht, Inhoud
from schemas.messages.berichten import BERICHTEN
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.vertaling import Bevinding, Gelezen

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_IN_ENVELOPE: Final = 500_000
"""The most bytes of a message that is pushed. No message of ours needs more, and every fault in it costs
time.
"""
MOST_VALUES: Final = 100_000
"""In one message of ours, of any size. A field that we do not know costs two kilobytes to name as a fault."""
M = TypeVar("M", bound=Model)
_TO_READ: Final = frozenset(
    {"schoolregistratie", "zonder_gegevens", "toewijzingen", "voortgang", "verzoek", "antwoord", "retour"}
)
"""What `translate` makes of a standard and what is not a message that can be sent."""
_MEMBERS: Final = {"soort", "versie", "inhoud"}


def read_own(raw: bytes) -> Bericht:
    """A whole message. Raises MessageTooLarge, UnsupportedMessage (no such `soort`), InvalidMessage."""
    soort, inhoud = _opened(raw)
    model = BERICHTEN.get(soort)
    if model is None:
        text = (
            "Dit is de korte vorm van een bericht, om te lezen; er is niets aan te controleren."
            if soort in _TO_READ
            else "Deze soort bestaat niet. Zie de schema's (ozlijn schema export)."
        )
        raise UnsupportedMessage((Fault("soort.onbekend", "/soort", text),))
    return _validated(model, _written(inhoud))


def validated(gestuurd: EigenBericht) -> Bericht:
    """A message that was pushed. Raises MessageTooLarge, or InvalidMessage with all faults, each with its
    JSON pointer.
    """
    raw = json.dumps(gestuurd.inhoud).encode()  # the sender's number may be larger than orjson can write
    if len(raw) > MAX_IN_ENVELOPE:
        raise MessageTooLarge((Fault("json.te_groot", "/bericht/inhoud", "Dit bericht is te groot."),))
    model = BERICHTEN.get(gestuurd.soort)
    if model is None:
        raise InvalidMessage((Fault("soort.onbekend", "/bericht/soort", "Deze soort bestaat niet."),))
    try:
        return _validated(model, raw)
    except InvalidMessage as error:
        found = tuple(Fault(f.code, f"/bericht{f.place}", f.text) for f in error.faults)
    raise InvalidMessage(found)


def check_key(bericht: Bericht, leerlingid: str) -> None:
    """Raises InvalidMessage when a message names another key of its leerling than the envelope."""
    if isinstance(bericht, Arrangement) and bericht.individueel is not None:
        found, inside = bericht.individueel.leerling.bron_id, "individueel/leerling"
    elif isinstance(bericht, Ontwikkelingsperspectief):
        found, inside = bericht.leerling.bron_id, "leerling"
    else:
        return
    if found is not None and found.leerlingid != leerlingid:
        text = "Bericht en envelop noemen een ander leerlingid."
        place = f"/bericht/inhoud/{inside}/bronId/leerlingid"
        raise InvalidMessage((Fault("leerling.andereSleutel", place, text),))


def birth_date(bericht: Bericht) -> tuple[str, dt.date | None]:
    """The place of the leerling's birth date in the message, and the date. None when the message has none."""
    path = "/bericht/inhoud"
    if isinstance(bericht, Arrangement) and bericht.individueel is not None:
        return f"{path}/individueel/leerling/geboortedatum", bericht.individueel.leerling.geboortedatum
    leerling = getattr(bericht, "leerling", None)
    return f"{path}/leerling/geboortedatum", getattr(leerling, "geboortedatum", None)


def unborn(place: str) -> Fault:
    """Nobody is born after today: with another day it would be decided for somebody of another age."""
    return Fault("datum.geboorte_toekomst", place, "Deze geboortedatum ligt in de toekomst.")


def read_own_file(raw: bytes, op: dt.date, namen: Sequence[str] = ()) -> Gelezen:
    """A message from a file, for `check` and `translate`, with what an arrangement or a plan lacks on that
    day.

    `namen` are names that may not stand in an anonymous question.
    """
    try:
        soort, inhoud = _opened(raw)
        if soort == "anonieme_vraag":
            return _anonymous(inhoud, namen)
        bericht = read_own(raw)
    except InvalidMessage as error:
        return Gelezen("OZlijn", None, error.faults, ())
    place, born = birth_date(bericht)
    if born is not None and born > op:
        return Gelezen(f"OZlijn {bericht.soort}", None, (unborn(place.removeprefix("/bericht")),), ())
    return Gelezen(f"OZlijn {bericht.soort}", bericht.inhoud(), (), odd(bericht, op, "/inhoud"))


def odd(bericht: Bericht, op: dt.date, root: str) -> tuple[Bevinding, ...]:
    """What an arrangement or a plan lacks on that day; the same at a push as in `check`. It refuses nothing.

    `root`: where the message stands.
    """
    match bericht:
        case Arrangement():
            found = check_beginselen(bericht, op)
        case Ontwikkelingsperspectief():
            found = check_opp(bericht, op)
        case _:
            found = ()
    return tuple(Bevinding(b.code, f"{root}/{b.place}", b.text) for b in found)


def _anonymous(inhoud: Any, namen: Sequence[str]) -> Gelezen:
    """Faults for an anonymous question that names somebody: a gateway may not carry it (X21)."""
    naam = "OZlijn anonieme_vraag"
    vraag = _validated(AnoniemeVraag, _written(inhoud))
    faults = tuple(Fault(f.code, f"/inhoud{f.place}", f.text) for f in herkenbaar(vraag, namen))
    return Gelezen(
        naam, None if faults else Inhoud("anonieme_vraag", vraag.model_dump(mode="json")), faults, ()
    )


def _opened(raw: bytes) -> tuple[str, Any]:
    if len(raw) > MAX_BYTES or too_many_values(raw, MOST_VALUES):
        raise MessageTooLarge((Fault("json.te_groot", "/", "Dit bericht is te groot."),))
    try:
        data = orjson.loads(raw)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise InvalidMessage((Fault("json.geen_json", "/", "Dit is geen JSON-object in UTF-8."),))
    soort = data.get("soort")
    if not isinstance(soort, str) or "inhoud" not in data or not data.keys() <= _MEMBERS:
        text = 'Een bericht in een bestand ziet er zo uit: {"soort": "hulpvraag", "inhoud": {...}}.'
        raise InvalidMessage((Fault("json.vorm", "/", text),))
    return soort, data["inhoud"]


def _written(inhoud: Any) -> bytes:
    try:
        return orjson.dumps(inhoud)  # orjson reads deeper nesting than it writes
    except TypeError:
        pass
    raise InvalidMessage((Fault("json.te_diep", "/inhoud", "Dit is dieper genest dan toegestaan."),))


def _validated(model: type[M], inhoud: bytes) -> M:
    try:
        return model.model_validate_json(inhoud)
    except ValidationError as error:
        faults = faults_of(error, model)
    raise InvalidMessage(tuple(Fault(f.code, f"/inhoud{f.place}", f.text) for f in faults))
