"""The HTTP server: uvicorn with our application, and no log lines of its own."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from typing import Final, cast

import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from gateway.runtime.edge import SWEEP_SECONDS, Door, Edge, Guarded
from gateway.runtime.logs import Log, route_library_logs
from schemas.base import build_all
from schemas.errors import GatewayError, RecordUnavailable, WrongUse, why


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises WrongUse when the address is taken or not ours."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise WrongUse(f"op {host} poort {port} is niet te luisteren: {why(error)}") from error
    return sock


SWITCH_SECONDS: Final = 0.0005
"""So long a thread waits at most for the serving loop to let it on. By default ten times that: a commit, with
a hundred statements in its thread, then takes half a second while lists are being read."""


def _spare_collector() -> None:
    """Let Python's cycle collector pass over what is loaded for good, and look seldom: that saves 10 % of a
    push.

    Dozens of dossiers in flight are many objects, and hardly any of them stand in a circle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


class _Watched:
    """The application, which also keeps the error that ended its lifespan: uvicorn only logs that and goes
    on.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self.error: GatewayError | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except GatewayError as error:
            if scope["type"] == "lifespan":
                self.error = error
            raise

    def check(self, server: uvicorn.Server) -> None:
        if self.error is not None:
            raise self.error
        if not server.started:
            raise RecordUnavailable("de gateway kon niet starten")


def serve(app: FastAPI, sock: socket.socket, log: Log, edge: Edge | None = None) -> None:
    """Until SIGTERM or SIGINT; open requests get ten seconds.

    Raises what kept the application from starting (LedgerBroken, RecordUnavailable), and the same when it
    stopped itself: its ledger no longer continues what was signed, or can no longer be signed. Raises
    WrongUse when there are too few file descriptors.
    """
    route_library_logs(log)
    build_all()
    _spare_collector()
    sys.setswitchinterval(SWITCH_SECONDS)
    watched = _Watched(app)
    server = uvicorn.Server(_config(watched, edge))
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn puts this back when it has stopped, and raises the signal once more. But a stop that was
        # asked for and was done is no reason to die of the signal.
        signal.signal(number, server.handle_exit)
    _run(server, sock)
    watched.check(server)


@contextlib.contextmanager
def serve_in_thread(
    app: FastAPI, sock: socket.socket, seconds: float = 20.0, edge: Edge | None = None
) -> Iterator[None]:
    """The same server beside the caller: for the demo. Raises as `serve` when it does not start."""
    watched = _Watched(app)
    server = uvicorn.Server(_config(watched, edge))
    thread = threading.Thread(target=_run, args=(server, sock), daemon=True)
    thread.start()
    deadline = time.monotonic() + seconds
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            watched.check(server)
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(seconds)


def _run(server: uvicorn.Server, sock: socket.socket) -> None:
    with contextlib.suppress(SystemExit):  # how uvicorn says that it did not start
        server.run(sockets=[sock])


def _config(app: _Watched, edge: Edge | None) -> uvicorn.Config:
    door = Door(edge or Edge())
    return uvicorn.Config(
        app,
        # Its signature is that of uvicorn's own protocols, once the door is filled in.
        http=cast("type[asyncio.Protocol]", functools.partial(Guarded, door=door)),
        ws="none",
        callback_notify=door.sweep,
        timeout_notify=cast("int", SWEEP_SECONDS),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=max(1, round(door.bounds.idle_seconds)),
        backlog=2_048,
    )
