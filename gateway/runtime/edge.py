"""The edge: what a connection may cost before anybody on it is known.

uvicorn's own protocol with httptools bounds neither the head of a request nor the number of connections, so
this subclass counts while the parser works. Nothing here knows a route or a client: that a request was signed
in is read from the state that the application leaves on it. Why so: docs/decisions/0033-the-edge.md.

A connection in our way is ended, never waited for: a newcomer takes the place of the stranger that has been
here longest. So whoever holds all places with silence keeps nobody out.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import resource
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from schemas.errors import WrongUse

MAX_LINE: Final = 8_192
"""Bytes of a request line, and of one header with its name."""
MAX_HEADERS: Final = 100
MAX_HEAD: Final = 32_768
"""Bytes of all headers of one request together, those after a chunked body included."""
PIECE: Final = 2_048
"""At most this many bytes at once go to the parser while a head may be in them.

A read of 256 KB can hold 14,000 requests, and each would be a waiting answer before anybody could stop it.
"""
MAX_WAITING: Final = 1
"""The most requests that wait on one connection for the answer to the one before. With that many, reading
stops.
"""
MAX_HELD: Final = 600_000
"""The most bytes that were read and wait to be parsed; with more the connection is ended. Two reads at most
are usual.
"""
RESERVE: Final = 64
"""File descriptors that no connection gets, for the database, its log, the anchor, threads, and a child that
translates.
"""
FEWEST: Final = 16
"""At least this many places for connections must be left, else starting is of no use."""
SWEEP_SECONDS: Final = 1.0
CLOSING_SECONDS: Final = 5.0
"""An answer may take this long to leave a connection that is being closed."""

POSTGRES_DESCRIPTORS: Final = 32
"""This many descriptors more are kept free on PostgreSQL, because each connection to the database takes
one.
"""

BAD, SLOW, LONG_LINE, LARGE_HEAD, FULL = REFUSED = (400, 408, 414, 431, 503)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an operator sets. `connections` is cut to what the descriptors allow."""

    connections: int = 512
    per_address: int = 256
    head_seconds: float = 10.0
    """A head may take this long from its first byte to its last. The first head of a connection counts from
    its beginning.
    """
    idle_seconds: float = 30.0
    """How long a connection may be silent between an answer and the next request, or fetch no byte of an
    answer.
    """


def descriptors(bounds: Bounds, others: int = 0) -> Bounds:
    """The same bounds with room left for the files of the account, `others` more of them than usual.

    Raises the soft limit of this process as far as it may and needs. Raises WrongUse when even the fewest
    connections do not fit.
    """
    reserved = RESERVE + others
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = bounds.connections + reserved
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    room = bounds.connections if soft == resource.RLIM_INFINITY else min(bounds.connections, soft - reserved)
    if room < min(FEWEST, bounds.connections):
        raise WrongUse(
            f"te weinig bestandsdescriptors: {soft}, nodig zijn er minstens {reserved + FEWEST} (ulimit -n)"
        )
    return Bounds(room, min(bounds.per_address, room), bounds.head_seconds, bounds.idle_seconds)


PLAIN: Final = b"content-length: 0\r\nconnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Edge:
    """What the application gives to its server: bounds, the text of each refusal, and who counts them.

    `answers`: per status the header lines and body, from the one table of problems. `dropped` hears of each
    connection that was ended, with one of REASONS.
    """

    bounds: Bounds = field(default_factory=Bounds)
    answers: Mapping[int, bytes] = field(default_factory=dict)
    dropped: Callable[[str], None] = lambda _: None
    others: int = 0
    """Descriptors that the storage needs beside RESERVE."""


class _Refused(Exception):
    """Stops the parser, and goes no further than the connection."""

    def __init__(self, status: int) -> None:
        self.status = status


class Door:
    """Who is inside, and who must go. One per server; everything on its event loop."""

    def __init__(self, edge: Edge) -> None:
        """Raises WrongUse when the descriptors do not suffice."""
        self.bounds = descriptors(edge.bounds, edge.others)
        self.dropped, self._answers = edge.dropped, edge.answers
        self._inside: dict[Guarded, None] = {}
        self._of: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._inside)

    def enter(self, comer: Guarded) -> bool:
        """Whether there is a place for `comer`. It may be the place of somebody who is sent away for it."""
        if self._of[comer.address] >= self.bounds.per_address:
            room = self._send_away(comer.address)
        else:
            room = len(self._inside) < self.bounds.connections or self._send_away(None)
        if room:
            self._inside[comer] = None
            self._of[comer.address] += 1
        return room

    def leave(self, goer: Guarded) -> None:
        if goer not in self._inside:
            return
        del self._inside[goer]
        self._of[goer.address] -= 1
        if not self._of[goer.address]:
            del self._of[goer.address]

    def _send_away(self, address: str | None) -> bool:
        """Send one connection away; False when none can be.

        A connection stays while a request of a known client is being answered on it. Strangers go first, then
        a connection of the address with the most connections, then the one that was silent longest.
        """
        found = (p for p in self._inside if not p.serving and (address is None or p.address == address))
        goer = min(found, key=lambda p: (p.known, -self._of[p.address], p.since), default=None)
        if goer is None:
            return False
        goer.drop("plaatsgemaakt")
        return True

    def answer(self, status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        return STATUS_LINE[status] + lines + self._answers.get(status, PLAIN)

    async def sweep(self) -> None:
        """Ends every connection whose time is over."""
        now = asyncio.get_running_loop().time()
        for each in tuple(self._inside):
            each.look(now)


REASONS: Final = ("plaatsgemaakt", "vol", "traag", "stil", "ongelezen", "kop", "onleesbaar")
"""Why we ended a connection, for the counter of operators."""


class Guarded(HttpToolsProtocol):
    """One connection, counted."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        door: Door,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door = door
        self.address = ""
        self.since = self.loop.time()
        """When this connection last moved on: it was made, a head began, or an answer was complete."""
        self.known = False
        """Whether a client was ever recognised on this connection."""
        self._serving: RequestResponseCycle | None = None
        """The request that is being answered. When others wait behind it, it is not the newest one."""
        self._in_head = self._begun = False
        self._head = self._headers = 0
        self._unheard = 0
        """The number of bytes since the parser last told us anything."""
        self._left = 0
        """The number of bytes of a body that are still to come, as far as announced."""
        self._held = b""
        self._unread = 0
        self._unread_since = self.since

    # ── coming and going ────────────────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = _network(self.client)
        if not self._door.enter(self):
            self._door.dropped("vol")
            self.connections.discard(self)
            transport.writelines((self._door.answer(FULL, self.server_state.default_headers),))
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._door.leave(self)
        self._forget()
        super().connection_lost(exc)

    @property
    def answering(self) -> bool:
        return self._serving is not None and not self._serving.response_complete

    @property
    def serving(self) -> bool:
        """Whether a request of a client that we recognised is being answered."""
        return self.answering and self._recognised()

    def _recognised(self) -> bool:
        return any(cycle.scope.get("state", {}).get("client") for cycle in self._cycles())

    def _cycles(self) -> list[RequestResponseCycle]:
        """The request that is being answered, and those that wait for that."""
        return [*([] if self._serving is None else [self._serving]), *(cycle for cycle, _ in self.pipeline)]

    def drop(self, reason: str) -> None:
        """End the connection at once."""
        self._door.leave(self)
        self._door.dropped(reason)
        self._forget()
        self.flow.resume_writing()
        self.transport.abort()

    def _forget(self) -> None:
        """Tell every request that nobody listens any more. Uvicorn tells only the newest one, and another
        would go on writing.
        """
        self._held = b""
        for cycle in self._cycles():
            cycle.disconnected = True
            cycle.message_event.set()
        self.pipeline.clear()

    def look(self, now: float) -> None:
        """End this connection when its time is over."""
        unread = self.transport.get_write_buffer_size()
        if not unread or unread != self._unread:
            self._unread, self._unread_since = unread, now
        bounds = self._door.bounds
        if self.transport.is_closing():
            if now - self._unread_since > CLOSING_SECONDS:
                self.drop("ongelezen")
        elif now - self._unread_since > bounds.idle_seconds:
            self.drop("ongelezen")
        elif self.answering:
            pass
        elif self._in_head or not self._begun:
            if now - self.since > bounds.head_seconds:
                self._refuse(SLOW, "traag") if self._in_head else self.drop("stil")
        elif now - self.since > bounds.idle_seconds:
            self.drop("stil")

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._held = self._held + data if self._held else data
        if len(self._held) > MAX_HELD:
            self.drop("ongelezen")
            return
        self._parse()

    def _parse(self) -> None:
        """What was read goes to the parser, a piece at a time, until requests wait for an earlier answer."""
        view, at = memoryview(self._held), 0
        while at < len(view) and not self.transport.is_closing():
            if len(self.pipeline) >= MAX_WAITING:
                self.flow.pause_reading()
                break
            piece = view[at : at + max(PIECE, self._left)]
            at += len(piece)
            if not self._fed(piece):
                at = len(view)
        self._held = bytes(view[at:])

    def _fed(self, piece: memoryview) -> bool:
        self._unheard += len(piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            pass  # answered as the request it also is; we speak nothing else
        except httptools.HttpParserCallbackError as error:
            if not isinstance(error.__context__, _Refused):
                raise
            self._refuse(error.__context__.status, "kop")
            return False
        except httptools.HttpParserError:
            self._refuse(BAD, "onleesbaar")
            return False
        if self._unheard > MAX_LINE + PIECE:
            self._refuse(LARGE_HEAD, "kop")
            return False
        return True

    def _refuse(self, status: int, reason: str) -> None:
        """The answer, and the end. An answer that is still due to an earlier request would be mixed up with
        it, so then there is none.
        """
        if self.answering:
            self.drop(reason)
            return
        self._door.dropped(reason)
        self.transport.writelines((self._door.answer(status, self.server_state.default_headers),))
        self.transport.close()
        self._unread_since = self.loop.time()

    # ── what the parser finds ───────────────────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = self._begun = True
        self._head = self._headers = self._unheard = self._left = 0
        if not self.answering:
            # A first head counts from the connection: a byte every nine seconds would never end otherwise.
            self.since = self.since if self._serving is None else self.loop.time()

    def on_url(self, url: bytes) -> None:
        if len(self.url) + len(url) > MAX_LINE:
            raise _Refused(LONG_LINE)
        self._unheard = 0
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._unheard = 0
        size = len(name) + len(value) + 4
        self._head += size
        self._headers += 1
        if size > MAX_LINE or self._head > MAX_HEAD or self._headers > MAX_HEADERS:
            raise _Refused(LARGE_HEAD)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head, self._unheard = False, 0
        announced = [value for name, value in self.headers if name == b"content-length"]
        self._left = int(announced[0]) if len(announced) == 1 and announced[0].isdigit() else 0
        super().on_headers_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._serving = cycle
        super()._start_asgi_task(cycle, app)

    def on_body(self, body: bytes) -> None:
        self._unheard = 0
        self._left = max(0, self._left - len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unheard = self._left = 0
        super().on_message_complete()

    # ── answering ───────────────────────────────────────────────────────────────────────────────────

    def on_response_complete(self) -> None:
        self.since = self.loop.time()
        self.known = self.known or self._recognised()
        super().on_response_complete()
        if self._held:
            # It is not called from within the answer that was just given, because many small requests would
            # nest too deep.
            self.loop.call_soon(self._parse)


def _network(client: tuple[str, int] | None) -> str:
    """The address that counts as one. Of IPv6 it is the half that a household or a machine gets as a
    whole.
    """
    if client is None:
        return ""
    try:
        found = ipaddress.ip_address(client[0])
    except ValueError:
        return client[0]
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped is not None else str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
    return str(found)
