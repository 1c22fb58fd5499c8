"""What only dossiers of 2017 and 2018 have: strong and weak points, exit profile, guidance, care contacts.

Not imported, as their counterparts of 2019 are not: names of staff and doctors, vir and zat (which may not be
exchanged without more), history of before passend onderwijs (lgf, sbo, wsns, pgb, ambulant), stay in an opdc,
and free text on social-emotional functioning.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adapters.oso import tables as t
from adapters.oso.codes import LEERLING
from adapters.oso.filling import Filler
from adapters.xml.nodes import Found, sub, subs
from adapters.xml.parser import Node

_ZORG = f"{LEERLING}/zorg"


def perspective(filler: Filler, zorg: Node) -> dict[str, Any]:
    """The factors as the school wrote them, and the vso exit profile as uitstroombestemming."""
    out: dict[str, Any] = {}
    for element, field in (
        ("onderwijsbelemmering", "belemmerendeFactoren"),
        ("sterkpunt", "bevorderendeFactoren"),
    ):
        if element in zorg:
            out[field] = filler.strings(zorg, element, f"perspectief.{field}", _ZORG)
    if "upw" in zorg:
        filler.fill(sub(zorg, "upw"), t.UITSTROOM, "perspectief", f"{_ZORG}/upw", out)
    return out


def guidance(filler: Filler, zorg: Node, first: int) -> tuple[dict[str, Any], ...]:
    """Begeleiding and extrahulpingroep78; `first` is the position of the first one in the message."""
    out: list[dict[str, Any]] = []
    for i, node in enumerate(subs(zorg, "begeleiding"), 1):
        field = f"handelingsdeel.begeleiding[{first + len(out)}]"
        out.append(filler.fill(node, t.ZORGBEGELEIDING, field, f"{_ZORG}/begeleiding[{i}]", {}))
    for i, node in enumerate(subs(zorg, "extrahulpingroep78"), 1):
        # `domein` never takes the place of the words of the school: a code is no text, and the meaning of the
        # codes in its list (12) is not published.
        if "toelichtinghulp" in node:
            field = f"handelingsdeel.begeleiding[{first + len(out)}]"
            place = f"{_ZORG}/extrahulpingroep78[{i}]"
            out.append(filler.fill(node, t.EXTRAHULP, field, place, {}))
    return tuple(out)


def contacts(filler: Filler, zorg: Node, first: int) -> tuple[dict[str, Any], ...]:
    """Other bodies to which the school spoke. They get no role, because a person must say what each of them
    is.
    """
    out: list[dict[str, Any]] = []
    for i, node in enumerate(subs(sub(zorg, "contactoverigeinstanties"), "instelling"), 1):
        place = f"{_ZORG}/contactoverigeinstanties/instelling[{i}]"
        out.append(filler.fill(node, t.INSTELLING, f"externen[{first + len(out)}]", place, {}))
    return tuple(out)


def latest_opp(opps: list[Node]) -> int:
    """Position of the OPP that started last; of two on one day the last one."""
    return max(range(len(opps)), key=lambda i: (opps[i]["opp_ingangdatum"][:10], i))


def remarks(pupil: Node) -> Iterator[Found]:
    """What is left out of a block that is otherwise read, and that a reader would miss."""
    zorg = sub(pupil, "zorg")
    opps = zorg.get("opp")
    if type(opps) is list and len(opps) > 1:
        yield Found(
            "oso.opp_meer",
            f"{_ZORG}/opp[1]",
            "Er staat meer dan een opp. Alleen van het laatst begonnen opp zijn de datums gelezen.",
        )
    for i, node in enumerate(subs(zorg, "extrahulpingroep78"), 1):
        if "toelichtinghulp" not in node:
            yield Found(
                "oso.hulp_zonder_toelichting",
                f"{_ZORG}/extrahulpingroep78[{i}]",
                "Deze hulp heeft alleen een code; wat die betekent is niet gepubliceerd. Ze is weggelaten.",
            )
    for name, code in (("vir", "oso.vir"), ("zat", "oso.zat")):
        if name in zorg:
            yield Found(
                code, f"{_ZORG}/{name}", "Dit mag niet zomaar worden uitgewisseld. Het is weggelaten."
            )
