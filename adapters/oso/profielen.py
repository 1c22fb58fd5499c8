"""The six profiles: who sends to whom, which categories that allows, and which elements it wants or refuses.

Rule numbers are those of the standard where it is known to have them. Not published, and so inferred from
their SWV counterparts: the numbers of OVb other than OV01, and OVa.MD*, SO*, SL*, LL01-LL11, TR05 and TR06.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from adapters.oso.codes import LISTS

Status = Literal["VERPLICHT", "OPTIONEEL", "VERBODEN"]

BINNEN_BRIN: Final = "overdrachtbinnenbrin"
OVERSTAP: Final = "overstapdossier"
SWV: Final = "swv-dossier"
_LETTERS: Final[dict[str, Status]] = {"V": "VERPLICHT", "o": "OPTIONEEL", "-": "VERBODEN"}


@dataclass(frozen=True, slots=True)
class Profile:
    """`statuses` stand in the order of the categories, 1 to 16."""

    name: str
    family: Literal["PaO", "OVa", "OVb"]
    overdrachtsoort: str
    statuses: tuple[Status, ...]
    required: tuple[tuple[str, str, int], ...]
    """The rule, the child of leerling, and the number of the category that governs it."""
    forbidden: tuple[tuple[str, str], ...]
    """The rule and the child of leerling."""
    published: bool = True
    """Whether the standard says which categories it allows. If not, any switch is taken as it stands."""

    @property
    def swv(self) -> bool:
        return self.family == "PaO"

    @property
    def overstap(self) -> bool:
        return self.family == "OVa"

    def rule(self, number: str) -> str:
        return f"{self.family}.{number}"


_PUPIL: Final = 4
_CARETAKERS: Final = 5
_ADVICE: Final = 8
_ANONYMOUS: Final = (
    ("LL03", "geboortemaand"),
    ("LL07", "postcode4adres"),
    ("LL10", "geboorteplaats"),
    ("LL11", "nationaliteit"),
)
_NUMBERS: Final = (("LL12", "bsn"), ("LL12", "onderwijsnummer"))
_VOMBO: Final = (
    ("EB01", "eindtoets_basisonderwijs"),
    ("VM01", "bevorderd"),
    ("VM02", "examenresultaat"),
    ("VM03", "resultaatvakkenvo"),
    ("VM04", "certificaat"),
    ("VM05", "competenties"),
    ("VM06", "stage"),
    ("VM07", "overigvombo"),
)
_VVE: Final = (
    ("VV01", "vanpeuterspeelzaal"),
    ("VV02", "naampeuterspeelzaal"),
    ("VV03", "voorschools"),
    ("VV04", "vroegschools"),
)
_NO_PROGRAMME: Final = (("VV01", "voorschools"), ("VV02", "vroegschools"))
_KNOWN: Final = (
    ("LL01", "voornaam", _PUPIL),
    ("LL02", "geboortedatum", _PUPIL),
    ("LL04", "adresgeheim", _PUPIL),
)
_TRANSFER: Final = (
    *_KNOWN,
    ("LL14", "datuminschrijving", _PUPIL),
    ("LL15", "verzorgersaansprakelijk", _CARETAKERS),
    ("OA01", "overstapadvies", _ADVICE),
)
_LEERLINGID: Final = ("LL13", "leerlingid", _PUPIL)


def _profile(
    name: str,
    kind: str,
    letters: str,
    required: tuple[tuple[str, str, int], ...] = (),
    forbidden: tuple[tuple[str, str], ...] = (),
) -> Profile:
    families: dict[str, Literal["PaO", "OVa", "OVb"]] = {SWV: "PaO", OVERSTAP: "OVa", BINNEN_BRIN: "OVb"}
    family = families[kind]
    return Profile(
        name,
        family,
        kind,
        tuple(_LETTERS[letter] for letter in letters.split()),
        tuple((f"{family}.{rule}", element, category) for rule, element, category in required),
        tuple((f"{family}.{rule}", element) for rule, element in (*_ANONYMOUS, *forbidden)),
    )


# metadata, ouderinzage, school, leerling, oudersverzorgers, vve, schoolloopbaan, overstapadvies,
# onderwijsondersteuning, verzuim, eindtoetsbo, toetsresultaten, handelingsplannen, cijferlijsten, vombo,
# bijlagedocs
PROFILES: Final = {
    p.name: p
    for p in (
        _profile("POPO", OVERSTAP, "V V V V V o V V o o o o o o - o", _TRANSFER),
        _profile(
            "POVO", OVERSTAP, "V V V V V - V V o o o o o o - o", (*_TRANSFER, _LEERLINGID), _NO_PROGRAMME
        ),
        _profile("VOVO", OVERSTAP, "V V V V V - V V o o o o o o o o", _TRANSFER, _NO_PROGRAMME),
        _profile("POSWV", SWV, "V o V V V o V o V o - o o o - o", _KNOWN, (*_NUMBERS, *_VOMBO)),
        _profile("VOSWV", SWV, "V o V V V - V o V o o o o o o o", _KNOWN, (*_NUMBERS, *_VVE)),
    )
}
"""The profile for each value of `metadata/overstap`."""
BB: Final = _profile("binnen-brin", BINNEN_BRIN, "V o V V o o o o o o o o o o o o")
_SHARED: Final = replace(
    _profile("overstap", OVERSTAP, "V V V V V o V V o o o o o o o o", _TRANSFER), published=False
)
"""What POPO, POVO and VOVO share: for an overstapdossier that does not say which it is (and is refused for
that), and for one of the other transfers of list 16, of which no profile is published."""
OTHERS: Final = {name: replace(_SHARED, name=name) for name in LISTS[16] - PROFILES.keys()}
"""The profile for each other value of `metadata/overstap`."""


def profile_of(overstap: str | None, overdrachtsoort: str | None) -> Profile | None:
    """The profile of a dossier; None for a transfer that does not exist, or one that contradicts the kind."""
    if overdrachtsoort == BINNEN_BRIN:
        return BB
    if not overstap:
        return _SHARED if overdrachtsoort == OVERSTAP else PROFILES["POSWV"]
    profile = PROFILES.get(overstap) or OTHERS.get(overstap)
    if overdrachtsoort == SWV and profile is not None and not profile.swv:
        return None
    return profile
