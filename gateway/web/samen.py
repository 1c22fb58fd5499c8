"""Pages that stand in two places: under /ib for a school and under /postvak for who receives.

A zaak and an overleg are of nobody in particular: a wijkteam is as often their regisseur as a school.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from gateway.web import postvak
from gateway.web.bezoek import Werkrol
from gateway.web.bladen import Bladen, Handler
from gateway.web.ib import BLADEN as IB
from gateway.web.vraag import Vraag

_IB: Final = "/ib"
_POSTVAK: Final = "/postvak"


class Samen:
    """The pages of one module, in the tables of both places."""

    def __init__(self) -> None:
        self.school = Bladen("School", frozenset({Werkrol.IB}), IB.wegwijzers)
        rollen = frozenset({Werkrol.ONTVANGER, Werkrol.IB})
        self.postvak = Bladen("Postvak", rollen, postvak.BLADEN.wegwijzers)

    def get(self, path: str, titel: str, **meer: Any) -> Callable[[Handler], Handler]:
        """A page to read, in both places. `meer` as of Bladen.get."""

        def enter(handler: Handler) -> Handler:
            self.school.get(f"{_IB}{path}", titel, **meer)(handler)
            return self.postvak.get(f"{_POSTVAK}{path}", titel, **meer)(handler)

        return enter

    def post(self, path: str, titel: str, **meer: Any) -> Callable[[Handler], Handler]:
        """What changes something, in both places. `meer` as of Bladen.post."""

        def enter(handler: Handler) -> Handler:
            self.school.post(f"{_IB}{path}", titel, **meer)(handler)
            return self.postvak.post(f"{_POSTVAK}{path}", titel, **meer)(handler)

        return enter


def thuis(vraag: Vraag) -> str:
    """In which of the two places somebody is."""
    return _IB if vraag.blad.path.startswith(f"{_IB}/") else _POSTVAK


def kruimels(vraag: Vraag, *meer: tuple[str, str]) -> Sequence[tuple[str, str]]:
    return ((f"{thuis(vraag)}/zaken", "Zaken"), *meer)
