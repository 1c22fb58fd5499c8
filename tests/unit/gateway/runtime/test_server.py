"""The HTTP server around an application: its socket, its start and its end."""

from __future__ import annotations

import contextlib
import io
import logging
import signal
import socket
from collections.abc import AsyncIterator, Iterator

import httpx2 as httpx
import pytest
from fastapi import FastAPI

from gateway.runtime.logs import make_log
from gateway.runtime.server import listen, serve, serve_in_thread
from schemas.errors import LedgerBroken, RecordUnavailable, WrongUse


def app(start: Exception | None = None, end: Exception | None = None, *, stop: bool = False) -> FastAPI:
    """`stop`: asks for its own end as soon as it has started."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if start is not None:
            raise start
        if stop:
            signal.raise_signal(signal.SIGTERM)
        yield
        if end is not None:
            raise end

    made = FastAPI(lifespan=lifespan, openapi_url=None)

    @made.get("/hier")
    async def here() -> str:
        return "ja"

    return made


@pytest.fixture
def as_it_was() -> Iterator[None]:
    """`serve` is for a process of its own: it takes over signals and the logging of libraries."""
    handlers = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)}
    loggers = [logging.getLogger(n) for n in (None, "uvicorn", "uvicorn.error", "uvicorn.access")]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    for logger, kept, level, propagate in before:
        logger.handlers[:] = kept
        logger.setLevel(level)
        logger.propagate = propagate


def test_port_0_takes_a_free_port() -> None:
    """Two sockets, two ports."""
    with listen("127.0.0.1", 0) as one, listen("127.0.0.1", 0) as other:
        assert 0 < one.getsockname()[1] != other.getsockname()[1] > 0


def test_both_families_are_listened_on() -> None:
    """An address with colons is IPv6."""
    try:
        with listen("::1", 0) as sock:
            assert sock.family == socket.AF_INET6
    except WrongUse:
        pytest.skip("this machine has no IPv6 loopback")


def test_a_taken_port_is_wrong_use() -> None:
    """The message names address and port; nothing is left open."""
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WrongUse, match=f"127.0.0.1 poort {port}"):
            listen("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_wrong_use() -> None:
    """TEST-NET-1 belongs to no machine."""
    with pytest.raises(WrongUse, match="niet te luisteren"):
        listen("192.0.2.1", 0)


def test_beside_the_caller_it_answers_until_the_block_ends() -> None:
    """Requests are answered inside the block and refused after it; no header tells what serves."""
    with listen("127.0.0.1", 0) as sock:
        address = f"http://127.0.0.1:{sock.getsockname()[1]}/hier"
        with serve_in_thread(app(), sock):
            answer = httpx.get(address)
            assert (answer.status_code, answer.json()) == (200, "ja")
            assert "server" not in answer.headers
        with pytest.raises(httpx.TransportError):
            httpx.get(address, timeout=2)


@pytest.mark.parametrize("kind", [LedgerBroken, RecordUnavailable], ids=["broken", "unavailable"])
def test_what_keeps_the_application_from_starting_is_raised(kind: type[Exception]) -> None:
    """The error itself, with its explanation: not only that it did not start."""
    with (
        listen("127.0.0.1", 0) as sock,
        pytest.raises(kind, match="hierom"),
        serve_in_thread(app(start=kind("hierom")), sock),
    ):
        pytest.fail("started")


@pytest.mark.usefixtures("as_it_was")
@pytest.mark.parametrize("kind", [LedgerBroken, RecordUnavailable], ids=["broken", "unavailable"])
def test_what_ends_the_application_is_raised(kind: type[Exception]) -> None:
    """At the start, and after a stop that the application asked for itself."""
    log = make_log(io.BytesIO(), strict=True)
    with listen("127.0.0.1", 0) as sock, pytest.raises(kind, match="hierom"):
        serve(app(start=kind("hierom")), sock, log)
    with listen("127.0.0.1", 0) as sock, pytest.raises(kind, match="hierom"):
        serve(app(end=kind("hierom"), stop=True), sock, log)


@pytest.mark.usefixtures("as_it_was")
def test_a_stop_that_was_asked_for_is_no_error() -> None:
    """SIGTERM ends `serve` in the ordinary way: the signal does not end the process as well."""
    with listen("127.0.0.1", 0) as sock:
        serve(app(stop=True), sock, make_log(io.BytesIO(), strict=True))


def test_an_unforeseen_error_at_the_start_is_no_silence() -> None:
    """Whatever it was, the caller hears that there is no gateway."""
    with (
        listen("127.0.0.1", 0) as sock,
        pytest.raises(RecordUnavailable, match="niet starten"),
        serve_in_thread(app(start=KeyError("x")), sock),
    ):
        pytest.fail("started")
