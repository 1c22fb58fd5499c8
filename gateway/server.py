"""The HTTP server: uvicorn with our application, and no log lines of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from gateway.logs import Log, route_library_logs
from schemas.errors import RecordUnavailable, WrongUse


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises WrongUse when the address is taken or not ours."""
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise WrongUse(f"op {host} poort {port} is niet te luisteren: {error.strerror}") from error
    return sock


def serve(app: FastAPI, sock: socket.socket, log: Log) -> None:
    """Until SIGTERM or SIGINT; open requests get ten seconds."""
    route_library_logs(log)
    server = uvicorn.Server(_config(app))
    server.run(sockets=[sock])
    if not server.started:
        raise RecordUnavailable("de gateway kon niet starten")


@contextmanager
def serve_in_thread(app: FastAPI, sock: socket.socket, seconds: float = 20.0) -> Iterator[None]:
    """The same server beside the caller: for the demo. Raises RecordUnavailable when it does not start."""
    server = uvicorn.Server(_config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + seconds
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RecordUnavailable("de gateway kon niet starten")
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(seconds)


def _config(app: FastAPI) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
        backlog=2_048,
    )
