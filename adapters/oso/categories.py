"""The sixteen categories of `categorie_uitlevering`: what each governs and what it alone fills.

A category that the source switched off (OPT-UIT, VERBODEN) is honoured even when its blocks are there all the
same: they are removed before anything else looks at them, and that is reported. None of this is consent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from adapters.oso.codes import LEERLING, LISTS
from adapters.oso.profielen import Profile
from adapters.oso.rules_base import not_in_list
from adapters.oso.versies import VERSIES, Versie
from adapters.xml.nodes import Found, sub
from adapters.xml.parser import Node
from schemas.messages.herkomst import Leemte

OFF: Final = frozenset({"OPT-UIT", "VERBODEN"})


@dataclass(frozen=True, slots=True)
class Category:
    """One row. `home` is the Node the blocks stand in; `paths` are the field paths they alone fill."""

    number: int
    name: str
    home: str
    blocks: tuple[str, ...]
    paths: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """What is missing from the message when these blocks are."""

    @property
    def rule(self) -> str:
        return f"OS.cat{self.number:02}"

    @property
    def place(self) -> str:
        return f"/dossier/metadata/categorie_uitlevering/cat_{self.name}"

    def status(self, profile: Profile) -> str:
        return profile.statuses[self.number - 1]


_SUPPORT: Final = LEERLING + "/onderwijsondersteuning"

_2019: Final = (
    Category(1, "metadata", "/dossier", ("metadata", "overdrachtsoort")),
    Category(2, "ouderinzage", "/dossier", ("inzage",), ("herkomst.inzage.",), ("herkomst.inzage",)),
    Category(3, "school", "/dossier", ("huidigeschool",)),
    Category(4, "leerling", "/dossier/huidigeschool", ("leerling",)),
    Category(
        5,
        "oudersverzorgers",
        LEERLING,
        ("verzorger", "verzorgersaansprakelijk", "aansprakelijkeinstelling"),
        ("gezag[].",),
        ("gezag",),
    ),
    Category(
        6, "vve", LEERLING, ("vanpeuterspeelzaal", "naampeuterspeelzaal", "voorschools", "vroegschools")
    ),
    Category(
        7,
        "schoolloopbaan",
        LEERLING,
        ("schoolloopbaanlijst",),
        ("bronfeiten.schoolloopbaan[].", "leerling.leerjaar."),
        ("bronfeiten.schoolloopbaan", "leerling.leerjaar"),
    ),
    Category(
        8,
        "overstapadvies",
        LEERLING,
        ("overstapadvies",),
        # Not school.contactpersoon: the school also enters one itself, and that one is not opted out of.
        ("bronfeiten.overstapadvies.",),
        ("bronfeiten.overstapadvies",),
    ),
    Category(
        9,
        "onderwijsondersteuning",
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
    Category(10, "verzuim", LEERLING, ("verzuim",), ("bronfeiten.verzuim.",), ("bronfeiten.verzuim",)),
    Category(
        11,
        "eindtoetsbo",
        LEERLING,
        ("eindtoets_basisonderwijs",),
        ("bronfeiten.eindtoets.",),
        ("bronfeiten.eindtoets",),
    ),
    Category(
        12,
        "toetsresultaten",
        LEERLING,
        ("toetslijst",),
        ("bronfeiten.toetsen[].", "bronfeiten.onderzoeken[]."),
        ("bronfeiten.toetsen", "bronfeiten.onderzoeken"),
    ),
    Category(
        13,
        "handelingsplannen",
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
        LEERLING,
        ("cijferlijstlijst",),
        ("bronfeiten.cijferlijsten[].",),
        ("bronfeiten.cijferlijsten",),
    ),
    Category(
        15,
        "vombo",
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
        ("bronfeiten.stages[].",),
        ("bronfeiten.stages",),
    ),
    Category(16, "bijlagedocs", LEERLING, ("overigdocumentlijst",), ("bijlagen[].",), ("bijlagen",)),
)


def _old(category: Category) -> Category:
    if category.name == "onderwijsondersteuning":
        return replace(
            category,
            name="zorgenbegeleiding",
            home=LEERLING,
            # A published example of 2017.1 has sefunctioneren alone, with this category mandatory.
            blocks=("zorg", "sefunctioneren"),
            # Not begeleiding: handelingsplannen fill that as well, and have a category of their own.
            paths=(*category.paths, "perspectief."),
            groups=(
                *category.groups,
                "perspectief.uitstroombestemming",
                "perspectief.belemmerendeFactoren",
                "perspectief.bevorderendeFactoren",
            ),
        )
    if category.name == "handelingsplannen":
        # From zorg comes begeleiding too: what this category alone fills are the dates.
        paths = ("handelingsdeel.begeleiding[].van", "handelingsdeel.begeleiding[].tot")
        return replace(category, home=LEERLING, blocks=("handelingsplanlijst",), paths=paths)
    return category


CATEGORIES: Final[dict[str, tuple[Category, ...]]] = {
    v.name: tuple(map(_old, _2019)) if v.old else _2019 for v in VERSIES.values()
}
"""The categories of each version."""
GAPS: Final = {
    name: tuple(
        (
            category.name,
            tuple(group.split(".")),
            {
                "OPT-UIT": Leemte(veld=group, reden="opt_uit"),
                "VERBODEN": Leemte(veld=group, reden="verboden"),
                "": Leemte(veld=group, reden="niet_gevuld"),
            },
        )
        for category in categories
        for group in category.groups
    )
    for name, categories in CATEGORIES.items()
}
"""For each version, the path of what a category fills and why that is missing when the category says so."""
_CORE: Final = frozenset({"metadata", "school", "leerling"})
"""Without these there is no message: switching them off contradicts sending one."""


def _fits(declared: str, meant: str, category: Category, versie: Versie, profile: Profile) -> bool:
    """Whether a switch that is on stands where the profile has it, as far as that is published."""
    if declared == meant or not profile.published:
        return True
    # Until 2018 the examples of an overstapdossier call support mandatory, whether or not there is any.
    return versie.old and profile.overstap and category.name == versie.switch and declared == "VERPLICHT"


_STEPS: Final = {
    home: tuple(home.split("/")[2:]) for c in CATEGORIES.values() for home in {x.home for x in c}
}


def home(dossier: Node, category: Category) -> Node:
    node = dossier
    for step in _STEPS[category.home]:
        node = sub(node, step)
    return node


def check(dossier: Node, versie: Versie, profile: Profile, status: dict[str, str]) -> Iterator[Found]:
    """OS.cat01-16: what must be there is there, and every switch stands where the profile allows it."""
    for category, meant in zip(CATEGORIES[versie.name], profile.statuses, strict=True):
        declared = status.get(category.name)
        if declared is None:
            continue
        if declared not in LISTS[48]:
            yield Found("lijst.48", category.place, not_in_list(48))
        elif declared in OFF:
            if category.name in _CORE:
                yield Found(
                    category.rule, category.place, "Deze categorie kan niet worden uitgezet in een dossier."
                )
        elif not _fits(declared, meant, category, versie, profile):
            yield Found(
                "oso.categorieprofiel",
                category.place,
                f"In het profiel {profile.name} is deze categorie {meant}.",
            )
        wanted = meant == "VERPLICHT" and declared not in OFF
        if wanted and home(dossier, category).keys().isdisjoint(category.blocks):
            yield Found(
                category.rule,
                category.home,
                f"Verplicht in {profile.name}, maar geen van deze blokken is er: "
                f"{', '.join(category.blocks)}.",
            )


def drop(dossier: Node, versie: Versie, profile: Profile, status: dict[str, str]) -> Iterator[Found]:
    """Remove the blocks of categories that are switched off; yields one finding per removed block.

    Blocks that a rule of the profile forbids by name stay: that rule refuses the message.
    """
    for category, meant in zip(CATEGORIES[versie.name], profile.statuses, strict=True):
        if (meant != "VERBODEN" and status.get(category.name) not in OFF) or category.name in _CORE:
            continue
        if meant == "VERPLICHT" and profile.published:
            yield Found(
                "oso.categorieprofiel",
                category.place,
                f"Uitgezet, terwijl {profile.name} deze categorie verplicht.",
            )
        node = home(dossier, category)
        for block in category.blocks:
            if block in node and all(block != element for _, element in profile.forbidden):
                repeated = isinstance(node.pop(block), list)
                yield Found(
                    category.rule,
                    f"{category.home}/{block}{'[1]' if repeated else ''}",
                    "Dit blok is er, maar de categorie is uitgezet of verboden. Het is weggelaten.",
                )


def taken_away(
    dropped: Iterable[Found], versie: Versie, profile: Profile, status: dict[str, str]
) -> dict[str, str]:
    """The blocks that `drop` removed: their place without positions, and whether the source or the profile is
    the cause.
    """
    found = list(dropped)
    if not found:
        return {}
    by_rule = {c.rule: c for c in CATEGORIES[versie.name]}
    return {
        each.place.removesuffix("[1]"): (
            "uitgezet"
            if status.get(category.name) in OFF and category.status(profile) != "VERBODEN"
            else "profiel"
        )
        for each in found
        if (category := by_rule.get(each.code)) is not None
    }


def off(versie: Versie, status: dict[str, str]) -> frozenset[int]:
    """Numbers of the categories that the source switched off."""
    return frozenset(c.number for c in CATEGORIES[versie.name] if status.get(c.name) in OFF)
