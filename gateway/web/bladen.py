"""The table of pages: which page there is, for whom, how sure he must be who he is, and what makes it.

A place fills one table with its pages; gateway/web/paginas.py puts the tables together and holds every
request to what stands in them. A page that changes something is a POST and never runs without the token of
the session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import Response
from starlette.routing import compile_path

from gateway.web.bezoek import Niveau, Werkrol
from gateway.web.formulier import MAX_FORM
from schemas.errors import NotFound

if TYPE_CHECKING:
    from gateway.web.vraag import Vraag

Handler = Callable[["Vraag"], Coroutine[Any, Any, Response]]


class Dichtheid(StrEnum):
    """How much stands on a page: large and quiet for who comes seldom, compact for who works in it daily."""

    RUIM = "ruim"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Wegwijzer:
    """One entry of the navigation of a place."""

    pad: str
    naam: str


@dataclass(frozen=True, slots=True)
class Blad:
    """One page. `titel` goes in <title>: it is fixed, so no name of a person can ever stand there.

    `rollen` empty: for everybody, signed in or not. `fresh`: only shortly after a login.
    """

    method: str
    path: str
    titel: str
    handler: Handler
    rollen: frozenset[Werkrol]
    niveau: Niveau
    fresh: bool
    hoogstens: int
    plaats: Bladen
    form: re.Pattern[str]

    @property
    def changes(self) -> bool:
        return self.method == "POST"


@dataclass(slots=True, eq=False)
class Bladen:
    """The pages of one place, filled while its module is imported.

    `naam` stands in the header, `wegwijzers` are its navigation.
    """

    naam: str
    rollen: frozenset[Werkrol] = frozenset()
    wegwijzers: tuple[Wegwijzer, ...] = ()
    dichtheid: Dichtheid = Dichtheid.COMPACT
    sandbox: bool = False
    """Only there in a sandbox."""
    table: list[Blad] = field(default_factory=list)

    def get(
        self,
        path: str,
        titel: str,
        *,
        rollen: Iterable[Werkrol] | None = None,
        niveau: Niveau = Niveau.LAAG,
        fresh: bool = False,
    ) -> Callable[[Handler], Handler]:
        """A page to read. `rollen`: other ones than those of the whole place."""
        return self._enter("GET", path, titel, rollen, niveau, MAX_FORM, fresh=fresh)

    def post(
        self,
        path: str,
        titel: str,
        *,
        rollen: Iterable[Werkrol] | None = None,
        niveau: Niveau = Niveau.LAAG,
        fresh: bool = False,
        hoogstens: int = MAX_FORM,
    ) -> Callable[[Handler], Handler]:
        """What changes something, or is too private for an address. `hoogstens`: bytes of the form."""
        return self._enter("POST", path, titel, rollen, niveau, hoogstens, fresh=fresh)

    def apart(self, titel: str) -> Blad:
        """A page that has no address of its own: what is shown when another page cannot be."""
        none = compile_path("/")[0]
        return Blad("GET", "", titel, _never, frozenset(), Niveau.LAAG, False, 0, self, none)  # noqa: FBT003

    def _enter(
        self,
        method: str,
        path: str,
        titel: str,
        rollen: Iterable[Werkrol] | None,
        niveau: Niveau,
        hoogstens: int,
        *,
        fresh: bool,
    ) -> Callable[[Handler], Handler]:
        def enter(handler: Handler) -> Handler:
            allowed = self.rollen if rollen is None else frozenset(rollen)
            form = compile_path(path)[0]
            self.table.append(
                Blad(method, path, titel, handler, allowed, niveau, fresh, hoogstens, self, form)
            )
            return handler

        return enter


async def _never(_: Vraag) -> Response:
    raise NotFound


_OWN: Final = re.compile(r"/(?:[a-z0-9_-]+(?:/[a-z0-9_-]+)*)?")


def own_path(asked: str, otherwise: str = "/begin") -> str:
    """A path of this gateway to go on to, from what a request says; anything else is `otherwise`.

    Only lower-case words and ids between slashes: no other host, no query, nothing that a browser could read
    as something else.
    """
    return asked if len(asked) <= 200 and _OWN.fullmatch(asked) else otherwise  # noqa: PLR2004
