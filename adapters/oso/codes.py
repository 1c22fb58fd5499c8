"""The code lists of the gegevensset, by their number in the standard.

The values are what the standard's validator of 2019.1 accepts; lists 32, 34 and 38 went with the fields of
2018. Meanings stand here only where the standard publishes them.
"""

from __future__ import annotations

from typing import Final

LEERLING: Final = "/dossier/huidigeschool/leerling"
"""The place of the leerling in a dossier."""


def _values(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


def _numbers(first: int, last: int) -> frozenset[str]:
    return frozenset(str(n) for n in range(first, last + 1))


LISTS: Final[dict[int, frozenset[str]]] = {
    2: _values("01 10 20 21 22 23 30 31 32 33 34 35 40 41 42 43 44 50 51 52 60 61 70 80"),
    4: frozenset({"e-mail", "telefoon"}),
    5: frozenset({"werk", "prive", "overig"}),
    6: _numbers(1, 9),
    7: _numbers(1, 5),
    8: _numbers(1, 5),
    9: _numbers(1, 15),
    10: _numbers(0, 2),
    11: _values(
        "AE CAE IV CIV FN ON DLE Percentiel Percentage T-score Stanine DQ IQ ERK C-score Norm RNTRM "
        "ZML LGH AVI NAZ LM Standaardscore LA"
    ),
    13: frozenset({"P", "S"}) | _numbers(0, 8) | _numbers(11, 16),
    14: _numbers(0, 2),
    15: frozenset({"0.00", "0.30", "1.20"}),
    16: _values(
        "VSPO VSWEC POPO POWEC POVO VOVO VOMBO VOHBO VOWO WECWEC WECVO WECMBO WECHBO WECWO POSWV VOSWV OVERIG"
    ),
    17: frozenset({"LWOO", "PRO"}),
    18: frozenset({"TO", "BY"}),
    19: frozenset({"bezoek", "post", "gba"}),
    21: frozenset({"basis", "plus", "bespreek", "disharmonisch", "ondersteuning"}),
    22: frozenset({"BB+", "BB", "KB", "GT", "HAVO", "VWO", "Landelijk"}),
    23: _values(
        "F79.VB F79.ZB HB F80 F81.0 F81.1 F81.2 F81.9 F82 F84 F84.0 F84.2 F84.5 F84.nld F84.mcdd "
        "F90 F90.0 F90.0+ F90.0- F91 F91.3 F95 F95.2 F41.0 F43.1 F43.2 F50 F92.0 F93.1 F94 Fspd G40 "
        "H54.0 H54.2 H91.9.d H91.9.s Z62"
    ),
    29: frozenset({"overstapdossier", "overdrachtbinnenbrin", "swv-dossier"}),
    31: frozenset({"H", "M", "L", "Nvt"}),
    32: _numbers(1, 3),
    33: frozenset({"LAS", "LVS", "LASLVS", "TIB"}),
    34: _numbers(1, 6),
    35: frozenset({"geslaagd", "afgewezen", "herexamen"}),
    36: frozenset({"voldoende", "onvoldoende"}),
    37: frozenset({"Ja", "Nee", "Onbekend"}),
    38: _numbers(1, 4),
    41: _numbers(1, 9),
    42: _values("0011 0012 0013 0014 0016"),
    43: frozenset({"G"}),
    44: frozenset({"J", "N"}),
    45: _values("01 02 03 04"),
    46: _values("8000 8001"),
    47: _values("8050 8051"),
    48: frozenset({"VERPLICHT", "OPTIONEEL", "VERBODEN", "OPT-UIT"}),
}
UITSTROOMPROFIEL: Final = {"1": "dagbesteding", "2": "arbeidsmarkt", "3": "vervolgonderwijs"}
"""What the codes of list 32 mean."""
