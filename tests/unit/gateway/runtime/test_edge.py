"""What a connection may cost: through real sockets, against an application that knows nothing of ours."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI, Request, Response

from gateway.runtime import edge
from gateway.runtime.edge import Bounds, Edge, descriptors
from gateway.runtime.server import listen, serve_in_thread
from schemas.errors import WrongUse

TEXT = b"content-type: application/problem+json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}"
SHORT = Bounds(head_seconds=0.3, idle_seconds=0.3)


@dataclass
class Served:
    port: int
    dropped: Counter[str] = field(default_factory=Counter)
    bodies: list[bytes] = field(default_factory=list)
    waiting: int = 0
    go: threading.Event = field(default_factory=threading.Event)

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=10, source_address=(source, 0))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def ask(self, source: str = "127.0.0.1", path: str = "/hier") -> bytes:
        """The status line of an answer on a connection of its own."""
        with self.connect(source) as sock:
            sock.sendall(f"GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
            return everything(sock).split(b"\r\n", 1)[0]


def everything(sock: socket.socket) -> bytes:
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while part := sock.recv(65_536):
            found += part
    return found


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@contextlib.contextmanager
def served(bounds: Bounds | None = None) -> Iterator[Served]:
    app = FastAPI(openapi_url=None)
    with listen("127.0.0.1", 0) as sock:
        made = Served(sock.getsockname()[1])

        @app.get("/hier")
        async def here() -> str:
            return "ja"

        @app.get("/getal/{n}")
        async def number(n: int) -> int:
            return n

        @app.get("/veel")
        async def much() -> Response:
            return Response(b"x" * 20_000_000)

        @app.post("/bericht")
        async def message(request: Request) -> int:
            made.bodies.append(await request.body())
            return len(made.bodies[-1])

        @app.get("/bekend")
        async def known(request: Request) -> str:
            request.state.client = "las"
            made.waiting += 1
            while not made.go.is_set():  # noqa: ASYNC110 - it is set from another thread
                await asyncio.sleep(0.01)
            return "ja"

        answers = dict.fromkeys(edge.REFUSED, TEXT)
        with serve_in_thread(
            app, sock, edge=Edge(bounds or Bounds(), answers, lambda r: made.dropped.update([r]))
        ):
            yield made


HEADS = {
    "line": (b"GET /hier HTTP/1.1\r\nX: " + b"a" * 8_190 + b"\r\n\r\n", 431),
    "unfinished line": (b"GET /hier HTTP/1.1\r\nX: " + b"a" * 20_000, 431),
    "name": (b"GET /hier HTTP/1.1\r\n" + b"a" * 8_192 + b": x\r\n\r\n", 431),
    "number": (b"GET /hier HTTP/1.1\r\n" + b"a: b\r\n" * 101 + b"\r\n", 431),
    "together": (b"GET /hier HTTP/1.1\r\n" + (b"a: " + b"b" * 4_000 + b"\r\n") * 9 + b"\r\n", 431),
    "address": (b"GET /" + b"a" * 8_192 + b" HTTP/1.1\r\n\r\n", 414),
    "nonsense": (b"\x16\x03\x01\x02\x00\x01", 400),
}


@pytest.mark.parametrize("case", HEADS)
def test_a_head_beyond_its_bounds_is_refused_as_a_problem(case: str) -> None:
    """It is refused as a problem and the connection ends; the application never hears of it."""
    sent, status = HEADS[case]
    with served() as line, line.connect() as sock:
        sock.sendall(sent)
        found = everything(sock)
        assert found.startswith(b"HTTP/1.1 %d " % status)
        assert found.endswith(TEXT)
        assert line.ask() == b"HTTP/1.1 200 OK"


def test_a_head_at_its_bounds_is_read() -> None:
    """One header of 8 KB, and a hundred small ones."""
    with served() as line, line.connect() as sock:
        sock.sendall(b"GET /hier HTTP/1.1\r\nX: " + b"a" * 8_187 + b"\r\n\r\n")
        assert sock.recv(12) == b"HTTP/1.1 200"
    with served() as line, line.connect() as sock:
        sock.sendall(b"GET /hier HTTP/1.1\r\n" + b"a: b\r\n" * 100 + b"\r\n")
        assert sock.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize(
    "rest", [b"0\r\nX: " + b"a" * 20_000, b"0\r\n" + b"a: b\r\n" * 101, b"1;" + b"a" * 20_000],
    ids=["line", "number", "chunk extension"],
)  # fmt: skip
def test_what_follows_on_a_chunked_body_is_bounded_as_a_head(rest: bytes) -> None:
    """It is bounded, because the parser keeps it just the same."""
    with served() as line, line.connect() as sock:
        sock.sendall(b"POST /bericht HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + rest)
        assert b"200 OK" not in everything(sock)
        assert line.dropped == {"kop": 1}


@pytest.mark.parametrize("size", [1, 700, 2_049, 3_000_000], ids=str)
@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_a_body_comes_through_whole(size: int, *, chunked: bool) -> None:
    """However it is cut up, and the request behind it too."""
    body = bytes(range(256)) * (size // 256 + 1)
    body = body[:size]
    head = b"POST /bericht HTTP/1.1\r\n"
    if chunked:
        parts = [body[n : n + 70_000] for n in range(0, size, 70_000)]
        whole = b"".join(b"%x\r\n" % len(p) + p + b"\r\n" for p in parts) + b"0\r\nA: b\r\n\r\n"
        sent = head + b"Transfer-Encoding: chunked\r\n\r\n" + whole
    else:
        sent = head + b"Content-Length: %d\r\n\r\n" % size + body
    with served() as line, line.connect() as sock:
        sock.sendall(sent + b"GET /getal/7 HTTP/1.1\r\nConnection: close\r\n\r\n")
        assert everything(sock).endswith(b"7")
        assert line.bodies == [body]


def test_requests_that_wait_on_one_connection_are_answered_in_their_order() -> None:
    """A thousand in one go, by a client that reads what it gets."""
    with served() as line, line.connect() as sock:
        asked = b"".join(b"GET /getal/%d HTTP/1.1\r\n\r\n" % n for n in range(1_000))
        sock.sendall(asked + b"GET /hier HTTP/1.1\r\nConnection: close\r\n\r\n")
        answers = everything(sock).split(b"HTTP/1.1 200 OK")[1:]
        assert [int(a.rsplit(b"\r\n", 1)[1]) for a in answers[:-1]] == list(range(1_000))


def test_a_head_that_does_not_end_is_ended() -> None:
    """With an answer, however busily it drips; and a connection that says nothing at all without one."""
    with served(SHORT) as line, line.connect() as slow, line.connect() as silent:
        slow.sendall(b"GET /hier HTTP/1.1\r\n")
        deadline = time.monotonic() + 8
        with contextlib.suppress(OSError):
            while time.monotonic() < deadline and not line.dropped["traag"]:
                slow.sendall(b"a: b\r\n")
                time.sleep(0.05)
        assert line.dropped["traag"] == 1
        assert slow.recv(12) == b"HTTP/1.1 408"
        assert everything(silent) == b""
        assert line.dropped == {"traag": 1, "stil": 1}


def test_a_connection_that_falls_silent_is_ended() -> None:
    """After its answer, and in the middle of a body that nobody waits for any more."""
    with served(SHORT) as line, line.connect() as after, line.connect() as midway:
        after.sendall(b"GET /hier HTTP/1.1\r\n\r\n")
        midway.sendall(b"POST /hier HTTP/1.1\r\nContent-Length: 100000\r\n\r\nabc")
        assert everything(after).startswith(b"HTTP/1.1 200")
        assert everything(midway).startswith(b"HTTP/1.1 405")


def test_an_answer_that_nobody_reads_is_given_up() -> None:
    """It is given up, also when requests wait behind it; an answer that is read slowly is not."""
    with served(SHORT) as line, line.connect() as sock, line.connect() as slow:
        sock.sendall(b"GET /veel HTTP/1.1\r\n\r\n" * 5)
        slow.sendall(b"GET /veel HTTP/1.1\r\nConnection: close\r\n\r\n")
        got, deadline = 0, time.monotonic() + 8
        while not line.dropped["ongelezen"] and time.monotonic() < deadline:
            got += len(slow.recv(500_000))
            time.sleep(0.02)
        assert line.dropped == {"ongelezen": 1}
        assert got + len(everything(slow)) > 20_000_000


def test_a_newcomer_takes_the_place_of_who_was_longest_silent() -> None:
    """When all places are taken: of the same address first, so that one cannot push out another."""
    with served(Bounds(connections=20, per_address=16)) as line:
        first = line.connect("127.0.0.9")
        others = [line.connect() for _ in range(40)]
        assert line.ask() == b"HTTP/1.1 200 OK"
        assert line.dropped["plaatsgemaakt"] == 25
        assert everything(others[0]) == b""
        first.sendall(b"GET /hier HTTP/1.1\r\n\r\n")
        assert first.recv(12) == b"HTTP/1.1 200"
        for each in (first, *others):
            each.close()


def test_a_known_client_that_is_being_answered_keeps_its_place() -> None:
    """Strangers make way for strangers; when only known ones are there, a newcomer hears that it is full."""
    with served(Bounds(connections=16, per_address=16)) as line:
        known = [line.connect() for _ in range(15)]
        for each in known:
            each.sendall(b"GET /bekend HTTP/1.1\r\n\r\n")
        until(lambda: line.waiting == 15)
        strangers = [line.connect() for _ in range(50)]
        assert line.ask() == b"HTTP/1.1 200 OK"
        known.append(line.connect())
        known[-1].sendall(b"GET /bekend HTTP/1.1\r\n\r\n")
        until(lambda: line.waiting == 16)
        assert line.dropped["vol"] == 0
        with line.connect() as late:
            assert everything(late).startswith(b"HTTP/1.1 503 Service Unavailable")
        assert line.dropped["vol"] == 1
        line.go.set()
        assert [each.recv(12) for each in known] == [b"HTTP/1.1 200"] * 16
        for each in (*known, *strangers):
            each.close()


def test_places_are_as_many_as_there_are_descriptors_for() -> None:
    """What the account needs is left out of the count; too few for anybody is wrong use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        assert descriptors(Bounds(connections=100)).connections == 100
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 256
        descriptors(Bounds(connections=300))
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 364, "the soft limit is ours to raise"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_an_address_of_ipv6_is_its_first_half() -> None:
    """A household has 2**64 of them. IPv4 in the form of IPv6 is the IPv4 address."""
    assert edge._network(("2001:db8::1", 1)) == edge._network(("2001:db8::ffff:2", 2)) != ""
    assert edge._network(("2001:db8:0:1::1", 1)) != edge._network(("2001:db8::1", 1))
    assert edge._network(("::ffff:192.0.2.1", 1)) == "192.0.2.1" == edge._network(("192.0.2.1", 9))


def test_too_few_descriptors_are_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said before anything is served. No test may lower its own hard limit: it cannot be raised again."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (70, 70))
    monkeypatch.setattr(resource, "setrlimit", lambda *_: None)
    with pytest.raises(WrongUse, match="te weinig bestandsdescriptors: 70"):
        descriptors(Bounds())
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 256))
    assert descriptors(Bounds()) == Bounds(192, 192)
