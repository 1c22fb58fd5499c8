"""Where a private key may lie: never below a checkout or among the code.

Who updates, copies or shares the code would take the key along, and a repository never forgets it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from schemas.errors import WrongUse

_CODE: Final = Path(__file__).resolve().parents[2]
"""The folder of our packages: a checkout, or site-packages."""


def checkout_around(path: Path) -> Path | None:
    """The checkout or the code that `path` would lie in, whether or not it is there yet. Links are followed:
    it is about where the bytes are.
    """
    try:
        where = path.resolve()
    except (OSError, RuntimeError) as error:
        raise WrongUse(f"{path} is niet te volgen") from error
    for folder in (where, *where.parents):
        try:
            if folder == _CODE or (folder / ".git").exists():
                return folder
        except OSError:
            continue  # what we may not look into we cannot judge
    return None


def refuse_checkout(path: Path) -> None:
    """Raises WrongUse for a place where no private key may be written."""
    found = checkout_around(path)
    if found is not None:
        raise WrongUse(
            f"{path} ligt in {found}, en daar staat programmatuur onder versiebeheer of de gateway zelf:"
            " een geheime sleutel komt daar nooit, want wie die bijwerkt of kopieert neemt hem mee."
            " Kies een map erbuiten, zoals ~/lijn of /etc/ozlijn"
        )
