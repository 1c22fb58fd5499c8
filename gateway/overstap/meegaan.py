"""What goes along to another school, and what it must ask again: told the same for every leerling.

It does not depend on what is recorded about him. That somebody objected, or that the law was used, would
otherwise be read from what is missing.
"""

from __future__ import annotations

from typing import Final, Literal

Meegaan = Literal["gaat_mee", "opnieuw_nagaan", "opnieuw_vragen", "blijft_achter"]

MEEGAAN: Final[dict[str, Meegaan]] = {
    "geboortedatum": "gaat_mee",
    "gezag": "opnieuw_nagaan",
    "bekwaamheid": "opnieuw_nagaan",
    "toestemming": "opnieuw_vragen",
    "bezwaar": "opnieuw_vragen",
    "veto": "blijft_achter",
    "grond": "blijft_achter",
    "afweging": "blijft_achter",
    "registratie": "blijft_achter",
}
"""Gezag does not change with the school, and every school checks it itself. A statement names who
shares and who receives, so it covers nothing that another school sends; a no is asked for again rather than
told. What was received is not asked again: that stands per levering."""
