"""What an operator should know of the register that was applied: for `ozlijn doctor`.

It reads the register as it is stored, whether or not the gateway would accept it, and needs no key.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Final

from pydantic import ValidationError

from consent.inrichting_nazien import parse_inrichting
from gateway.register.convenant import stored_convenant
from gateway.register.machtigingen import Machtigingen
from gateway.register.mensen import Mensen
from gateway.register.regels import INRICHTING, MANDAAT_LIJST, MANDATEN, inrichting_text
from gateway.register.stroomregels import shipped_stromen
from gateway.runtime.bevindingen import Bevinding
from gateway.runtime.tonen import shown
from schemas.errors import InvalidMessage
from schemas.people.partij import Leverancier, Partij, Scope
from schemas.storage.storage import Register

AHEAD_DAYS: Final = 60
"""So long before the last day of something it is named."""
SAMPLES: Final = frozenset(
    {
        "2cr-MQ7nj2YnefW9bvJf8dAfMguh1hkOKBtBNsuue9M",
        "fsuYwsYh60WvVudx43Jmj7-sEVyb49m0w7lTao-0jFg",
        "VxIw7W_Qaf1Hl8iIZY0a9_UsV7D9f3FdgKDEGXPdahg",
        "xv26P-KTZH_aSpW2ojDpdGyaeFFu2FMg5mOL0hLCIq0",
    }
)
"""The `x` of every key in deploy/partijen.toml (a test holds them together)."""


def findings(register: Register, today: dt.date, *, mail: bool = True) -> Iterator[Bevinding]:
    """`today`: the day in the Netherlands. `mail`: whether mail is sent."""
    partijen = []
    for ident, text in register.partijen.items():
        try:
            partijen.append(Partij.model_validate_json(text))
        except ValidationError:
            yield Bevinding("partijen.kapot", f"partij {shown(ident)}")
    if not register.partijen:
        yield Bevinding("partijen.geen", "het register heeft geen partijen")
    else:
        yield from _counters(partijen)
        yield from _keys(partijen, _leveranciers(register))
    yield from _convenanten(register, today)
    yield from _mandaten(register, today)
    yield from _machtigingen(register, today)
    yield from _regio(register)
    yield from _mail(register, mail=mail)


def _mail(register: Register, *, mail: bool) -> Iterator[Bevinding]:
    with contextlib.suppress(ValidationError):
        many = len(Mensen.of(register.beleid).uitgevers)
        if many and not mail:
            signing_in = "1 uitgever" if many == 1 else f"{many} uitgevers"
            yield Bevinding("post.uit", f"er is {signing_in} en er is geen mailserver")


def _counters(partijen: list[Partij]) -> Iterator[Bevinding]:
    reads = [(p, c) for p in partijen for c in p.clients if Scope.BEHEER in c.scopes]
    if not reads:
        yield Bevinding("tellers.niemand", "geen client heeft scope beheer:lezen")
    for p, client in reads:
        if not set(client.scopes) <= {Scope.BEHEER, Scope.BEHEREN} or p.rollen or p.aflevering is not None:
            yield Bevinding("tellers.gedeeld", f"client {client.client_id} van {p.id}")


def _leveranciers(register: Register) -> tuple[Leverancier, ...]:
    with contextlib.suppress(ValidationError):  # which is told with the machtigingen
        return Machtigingen.of(register.beleid).leveranciers
    return ()


def _keys(partijen: list[Partij], leveranciers: tuple[Leverancier, ...]) -> Iterator[Bevinding]:
    holders: dict[str, list[str]] = {}
    everybody: tuple[Partij | Leverancier, ...] = (*partijen, *leveranciers)
    for p in everybody:
        for client in p.clients:
            for key in client.sleutels:
                holders.setdefault(key.x, []).append(f"{client.client_id} ({p.id})")
                if key.x in SAMPLES:
                    yield Bevinding("partijen.voorbeeldsleutel", f"sleutel {key.kid} van {client.client_id}")
    for known in holders.values():
        if len(set(known)) > 1:
            yield Bevinding("partijen.sleutel_gedeeld", ", ".join(dict.fromkeys(known)))


def _convenanten(register: Register, today: dt.date) -> Iterator[Bevinding]:
    for ident, stored in register.convenanten.items():
        try:
            _, found = stored_convenant(stored, None)
        except (InvalidMessage, ValueError, KeyError, TypeError):
            yield Bevinding("partijen.kapot", f"convenant {shown(ident)}")
            continue
        yield from _ends("convenant", f"{found.id} ({found.versie})", found.geldig_tot_en_met, today)


def _mandaten(register: Register, today: dt.date) -> Iterator[Bevinding]:
    rows = register.beleid.get(MANDATEN)
    if rows is None:
        return
    try:
        found = MANDAAT_LIJST.validate_json(rows)
    except ValidationError:
        yield Bevinding("partijen.kapot", "de mandaten")
        return
    for mandaat in found:
        yield from _ends(
            "mandaat", f"van {mandaat.gever} aan {mandaat.nemer}", mandaat.geldig_tot_en_met, today
        )


def _machtigingen(register: Register, today: dt.date) -> Iterator[Bevinding]:
    try:
        found = Machtigingen.of(register.beleid)
    except ValidationError:
        yield Bevinding("partijen.kapot", "de machtigingen")
        return
    for each in found.van.values():
        if (last := max(m.geldig_tot_en_met or dt.date.max for m in each)) != dt.date.max:
            yield from _ends("machtiging", f"van {each[0].van} aan {each[0].aan}", last, today)


def _regio(register: Register) -> Iterator[Bevinding]:
    """What this version finds in the file of the region that was applied, maybe under an older one."""
    if INRICHTING not in register.beleid:
        return
    try:
        text = inrichting_text(register.beleid)
        named = [stored_convenant(c, None)[1].id for c in register.convenanten.values()]
        parse_inrichting(str(text), shipped_stromen(), named)
    except InvalidMessage as error:
        for f in error.faults:
            yield Bevinding("regio.klopt_niet", f"{f.place}{f' (regel {f.line})' if f.line else ''}")
    except (ValueError, KeyError, TypeError):
        yield Bevinding("partijen.kapot", "de regio")


def _ends(what: str, which: str, last: dt.date | None, today: dt.date) -> Iterator[Bevinding]:
    if last is None:
        return
    if last < today:
        yield Bevinding(f"{what}.verlopen", f"{which}: tot en met {last}")
    elif (last - today).days <= AHEAD_DAYS:
        yield Bevinding(f"{what}.verloopt", f"{which}: tot en met {last}")
