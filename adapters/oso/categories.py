"""The sixteen categories of `categorie_uitlevering`: what each governs and what POSWV says of it.

A category that the source switched off (OPT-UIT, VERBODEN) is honoured even when its blocks are there all the
same: they are removed before anything else looks at them, and that is reported. None of this is consent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from adapters.nodes import Found, sub
from adapters.oso.codes import LEERLING
from adapters.xml import Node

OFF: Final = frozenset({"OPT-UIT", "VERBODEN"})


@dataclass(frozen=True, slots=True)
class Category:
    """One row. `home` is the Node the blocks stand in; `paths` are the leaf paths they alone fill."""

    number: int
    name: str
    poswv: Literal["VERPLICHT", "OPTIONEEL", "VERBODEN"]
    home: str
    blocks: tuple[str, ...]
    paths: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """What is missing from the message when the blocks are."""

    @property
    def rule(self) -> str:
        return f"OS.cat{self.number:02}"

    @property
    def place(self) -> str:
        return f"/dossier/metadata/categorie_uitlevering/cat_{self.name}"


_SUPPORT: Final = LEERLING + "/onderwijsondersteuning"

CATEGORIES: Final = (
    Category(1, "metadata", "VERPLICHT", "/dossier", ("metadata", "overdrachtsoort")),
    Category(
        2, "ouderinzage", "OPTIONEEL", "/dossier", ("inzage",), ("herkomst.inzage.",), ("herkomst.inzage",)
    ),
    Category(3, "school", "VERPLICHT", "/dossier", ("huidigeschool",)),
    Category(4, "leerling", "VERPLICHT", "/dossier/huidigeschool", ("leerling",)),
    Category(
        5,
        "oudersverzorgers",
        "VERPLICHT",
        LEERLING,
        ("verzorger", "verzorgersaansprakelijk", "aansprakelijkeinstelling"),
        ("gezag[].",),
        ("gezag",),
    ),
    Category(
        6,
        "vve",
        "OPTIONEEL",
        LEERLING,
        ("vanpeuterspeelzaal", "naampeuterspeelzaal", "voorschools", "vroegschools"),
    ),
    Category(
        7,
        "schoolloopbaan",
        "VERPLICHT",
        LEERLING,
        ("schoolloopbaanlijst",),
        ("bronfeiten.schoolloopbaan[].", "leerling.leerjaar."),
        ("bronfeiten.schoolloopbaan", "leerling.leerjaar"),
    ),
    Category(
        8,
        "overstapadvies",
        "OPTIONEEL",
        LEERLING,
        ("overstapadvies",),
        # Not school.contactpersoon: the school also enters one itself, and that one is not opted out of.
        ("bronfeiten.overstapadvies.",),
        ("bronfeiten.overstapadvies",),
    ),
    Category(
        9,
        "onderwijsondersteuning",
        "VERPLICHT",
        _SUPPORT,
        (
            "toelichting_onderwijsbehoeften",
            "diagnose",
            "medicijngebruik",
            "opp",
            "tlv",
            "arrangement_cluster12",
            "arrangement_pao",
            "lwoo",
            "rvc",
        ),
        (
            "plan.ingangsdatum",
            "plan.einddatum",
            "besluiten.",
            "bronfeiten.diagnoses[].",
            "bronfeiten.medicijngebruik",
        ),
        (
            "plan",
            "besluiten.tlv",
            "besluiten.arrangementen",
            "bronfeiten.diagnoses",
            "bronfeiten.medicijngebruik",
        ),
    ),
    Category(
        10, "verzuim", "OPTIONEEL", LEERLING, ("verzuim",), ("bronfeiten.verzuim.",), ("bronfeiten.verzuim",)
    ),
    Category(11, "eindtoetsbo", "VERBODEN", LEERLING, ("eindtoets_basisonderwijs",)),
    Category(
        12,
        "toetsresultaten",
        "OPTIONEEL",
        LEERLING,
        ("toetslijst",),
        ("bronfeiten.toetsen[].", "bronfeiten.onderzoeken[]."),
        ("bronfeiten.toetsen", "bronfeiten.onderzoeken"),
    ),
    Category(
        13,
        "handelingsplannen",
        "OPTIONEEL",
        _SUPPORT,
        ("handelingsplan",),
        (
            "handelingsdeel.begeleiding[].van",
            "handelingsdeel.begeleiding[].tot",
            "handelingsdeel.begeleiding[].wat",
        ),
        ("handelingsdeel.begeleiding",),
    ),
    Category(
        14,
        "cijferlijsten",
        "OPTIONEEL",
        LEERLING,
        ("cijferlijstlijst",),
        ("bronfeiten.cijferlijsten[].",),
        ("bronfeiten.cijferlijsten",),
    ),
    Category(
        15,
        "vombo",
        "VERBODEN",
        LEERLING,
        (
            "bevorderd",
            "examenresultaat",
            "resultaatvakkenvo",
            "certificaat",
            "competenties",
            "stage",
            "overigvombo",
        ),
    ),
    Category(
        16, "bijlagedocs", "OPTIONEEL", LEERLING, ("overigdocumentlijst",), ("bijlagen[].",), ("bijlagen",)
    ),
)
_CORE: Final = frozenset({"metadata", "school", "leerling"})
"""Without these there is no message: switching them off contradicts sending one."""


def home(dossier: Node, category: Category) -> Node:
    node = dossier
    for step in category.home.split("/")[2:]:
        node = sub(node, step)
    return node


def check(dossier: Node, status: dict[str, str]) -> Iterator[Found]:
    """OS.cat01-16: what must be there is there, and every switch stands where POSWV allows it."""
    for category in CATEGORIES:
        declared = status.get(category.name)
        if declared is None:
            continue
        if declared not in ("VERPLICHT", "OPTIONEEL", "VERBODEN", "OPT-UIT"):
            yield Found("lijst.48", category.place, "Deze waarde staat niet in codelijst 48.")
        elif declared in OFF:
            if category.name in _CORE:
                yield Found(
                    category.rule, category.place, "Deze categorie kan niet worden uitgezet in een dossier."
                )
        elif declared != category.poswv:
            yield Found(
                "oso.categorieprofiel",
                category.place,
                f"In het profiel POSWV is deze categorie {category.poswv}.",
            )
        if category.poswv == "VERPLICHT" and declared not in OFF:
            node = home(dossier, category)
            if not any(block in node for block in category.blocks):
                yield Found(
                    category.rule,
                    category.home,
                    f"Verplicht in POSWV, maar geen van deze blokken is er: {', '.join(category.blocks)}.",
                )


def drop(dossier: Node, status: dict[str, str]) -> Iterator[Found]:
    """Remove the blocks of categories that are switched off; yields one finding per removed block.

    Blocks that POSWV forbids outright stay: their own rule refuses the message.
    """
    for category in CATEGORIES:
        if status.get(category.name) not in OFF or category.name in _CORE or category.poswv == "VERBODEN":
            continue
        node = home(dossier, category)
        if status[category.name] != category.poswv and category.poswv == "VERPLICHT":
            yield Found(
                "oso.categorieprofiel", category.place, "Uitgezet, terwijl POSWV deze categorie verplicht."
            )
        for block in category.blocks:
            if block in node:
                repeated = isinstance(node.pop(block), list)
                yield Found(
                    category.rule,
                    f"{category.home}/{block}{'[1]' if repeated else ''}",
                    "Dit blok is er, maar de bron heeft de categorie uitgezet. Het is weggelaten.",
                )
