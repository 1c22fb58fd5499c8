"""Mail, over the network: one message without content at a time, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from schemas.people.post import Bericht, Teruggekomen, Uitslag


class Postlijn(Protocol):
    """One connection to the server, made when the first mail goes."""

    async def stuur(self, bericht: Bericht) -> Uitslag:
        """Hand one mail to the server, within bounded time. It raises nothing: whatever is wrong is an
        Uitslag.

        AANGENOMEN: the server has it. When the connection breaks at the very end it may have it all the same,
        and the answer is another one: then the next try is a double.
        """
        ...


class Postbode(Protocol):
    def lijn(self) -> AbstractAsyncContextManager[Postlijn]: ...

    async def teruggekomen(self, hoogstens: int) -> Sequence[Teruggekomen]:
        """What lies in the folder of returned mail, some of it; nothing when there is no such folder."""
        ...

    async def weg(self, naam: str) -> None:
        """Take one away, after what it says was stored."""
        ...
