"""What every rule uses: the dossier being checked, and the checks that return in many blocks.

Places are templates: they are only written out when there is something to say.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Final, NamedTuple

from adapters.oso.codes import LISTS
from adapters.oso.profielen import Profile
from adapters.oso.versies import Versie
from adapters.xml.nodes import Found, sub, subs, text, yes
from adapters.xml.parser import Node
from schemas import allowed

_EMAIL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]+")
_SECRET: Final = {"telefoon": "9999999999", "e-mail": "geheim@geheim.geheim"}

Listed = tuple[tuple[str, int, frozenset[str]], ...]


class Case(NamedTuple):
    """One dossier under check; `off` are the categories the source switched off."""

    found: list[Found]
    dossier: Node
    school: Node
    pupil: Node
    profile: Profile
    versie: Versie
    off: frozenset[int]
    today: dt.date | None = None
    """None when the caller does not know the day."""

    def add(self, code: str, place: str, text: str) -> None:
        self.found.append(Found(code, place, text))

    def missing(self, code: str, place: str, name: str) -> None:
        self.add(code, place, f"Verplicht in het profiel {self.profile.name}, maar ontbreekt: {name}.")


@cache
def not_in_list(number: int) -> str:
    """What to say of a value that is not in a code list: the list, and what it has."""
    values = sorted(LISTS[number], key=lambda v: (len(v), v))
    return f"Deze waarde staat niet in codelijst {number}: {allowed.listed(values)}."


def listed(*fields: tuple[str, int]) -> Listed:
    return tuple((name, number, LISTS[number]) for name, number in fields)


def in_list(case: Case, node: Node, rows: Listed, place: str, *at: int) -> None:
    """`lijst.NN` for each field whose value is not in that code list; an absent field is fine."""
    for name, number, values in rows:
        value = node.get(name)
        if value is None or (type(value) is str and value in values):
            continue
        if number in case.versie.open_lists and type(value) is str and value:
            continue
        where = place % at if at else place
        case.add(f"lijst.{number}", f"{where}/{name}", not_in_list(number))


def order(case: Case, node: Node, place: str, start: str, end: str, *at: int) -> None:
    last = text(node, end)
    if last:
        first = text(node, start)
        # ISO dates compare as text; a time zone behind them does not change the day meant.
        if first and last[:10] < first[:10]:
            where = place % at if at else place
            case.add("datum.eind_voor_begin", f"{where}/{end}", f"Deze datum ligt voor {start}.")


def forbidden_address(case: Case, rule: str, place: str) -> None:
    case.add(case.profile.rule(rule), place, "Het adres is geheim en mag er dus niet staan.")


_ADDRESS: Final = listed(("soortadres", 19), ("aanduiding", 18))


def addresses(case: Case, owner: Node, place: str) -> None:
    if "adreslijst" not in owner:
        return
    for i, address in enumerate(subs(sub(owner, "adreslijst"), "adres"), 1):
        in_list(case, address, _ADDRESS, place + "/adreslijst/adres[%d]", i)


_CONTACT: Final = listed(("soort", 4), ("aanduiding", 5))


def contacts(case: Case, owner: Node, place: str, secret_rule: str) -> None:
    if "communicatielijst" not in owner:
        return
    for i, contact in enumerate(subs(sub(owner, "communicatielijst"), "communicatie"), 1):
        in_list(case, contact, _CONTACT, place + "/communicatielijst/communicatie[%d]", i)
        value = text(contact, "nummer")
        if value is None:
            continue
        kind = text(contact, "soort")
        code = None
        if yes(contact, "geheim"):
            if value != _SECRET.get(kind or "", value):
                code, said = (
                    case.profile.rule(secret_rule),
                    "Geheim, maar hier staat niet de plaatsvervanger.",
                )
        elif kind == "e-mail" and not (4 <= len(value) <= 256 and _EMAIL.fullmatch(value)):  # noqa: PLR2004
            code, said = "OG.01", "Dit is geen e-mailadres in de voorgeschreven vorm."
        if code is not None:
            case.add(code, f"{place}/communicatielijst/communicatie[{i}]/nummer", said)
