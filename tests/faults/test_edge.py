"""A real `ozlijn serve` under an attacker without an account: what it costs, and who is kept out."""

from __future__ import annotations

import contextlib
import json
import resource
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2 as httpx
import pytest

from tests.benchmarks.exchange import sign_in
from tests.callers import Key, es256
from tests.faults.processes import COMMAND, Site, environment, site
from tests.faults.test_crash import EVERYBODY
from tests.line import SCHOOL, envelope, partijen

DESCRIPTORS: Final = 256
SENT: Final = 40_000_000
TAKEN: Final = 10_000_000
"""What may at most leave us before the end is heard: the kernel's buffers of both sides, and no more."""
GROWN: Final = 8_000_000
"""Generous: one connection may cost 1 MB, and an allocator keeps what it had."""


@dataclass
class Running:
    site: Site
    pid: int
    http: httpx.Client
    """Signed in as a school."""

    @property
    def memory(self) -> int:
        return _status(self.pid, "VmRSS") * 1_024

    @property
    def most_memory(self) -> int:
        return _status(self.pid, "VmHWM") * 1_024

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.site.ports[0]), timeout=20)


def _status(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with site(tmp_path_factory.mktemp("edge"), more="head_seconds = 2\nidle_seconds = 2\n") as made:
        keys: dict[str, Key] = {partij: es256() for partij in EVERYBODY}
        made.apply(partijen(keys))
        words = [*COMMAND, "serve", "--settings", str(made.file)]
        process = subprocess.Popen(words, stdout=made.log, stderr=made.log, env=environment(made.ports[0]))
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        try:
            with httpx.Client(base_url=made.issuer, timeout=30) as http:
                until(lambda: _ready(http))
                http.headers["Authorization"] = f"Bearer {sign_in(http, made.issuer, keys[SCHOOL])}"
                yield Running(made, process.pid, http)
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
            log = Path(made.log.name).read_text(encoding="utf-8")
            assert "promise_broken" not in log, made.tail()
            assert "request.failed" not in log, made.tail()
        finally:
            process.kill()
            process.wait()


def _ready(http: httpx.Client) -> bool:
    with contextlib.suppress(httpx.TransportError):
        return http.get("/v1/gereedheid").status_code == 200
    return False


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def flood(sock: socket.socket, unit: bytes) -> int:
    """How much could be sent before the other side had enough, or all of SENT."""
    sent = 0
    with contextlib.suppress(OSError):
        while sent < SENT:
            sent += sock.send(unit)
    return sent


CHUNKED: Final = b"POST /v1/token HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
FLOODS: Final = {
    "header": (b"GET /v1/gereedheid HTTP/1.1\r\nX: ", b"a" * 65_536),
    "headers": (b"GET /v1/gereedheid HTTP/1.1\r\n", b"a: b\r\n" * 10_000),
    "address": (b"GET /", b"a" * 65_536),
    "trailer": (CHUNKED + b"0\r\nX: ", b"a" * 65_536),
    "trailers": (CHUNKED + b"0\r\n", b"a: b\r\n" * 10_000),
    "chunk extension": (CHUNKED + b"1;", b"a" * 65_536),
    "unread answers": (b"", b"GET /v1/openapi.json HTTP/1.1\r\n\r\n" * 2_000),
    "unread faults": (b"", b"POST /v1/uitwisselingen HTTP/1.1\r\nContent-Length: 0\r\n\r\n" * 1_000),
}


@pytest.mark.parametrize("case", FLOODS)
def test_one_connection_without_an_account_costs_next_to_nothing(running: Running, case: str) -> None:
    """40 MB are offered on it and not taken, and the memory of the process stays what it was."""
    head, unit = FLOODS[case]
    before = running.memory
    with running.connect() as sock:
        sock.sendall(head)
        assert flood(sock, unit) < TAKEN
        assert running.most_memory - before < GROWN
    assert running.http.get("/v1/gereedheid").status_code == 200


def test_a_body_for_nobody_is_not_kept(running: Running) -> None:
    """It is answered at once, and what still comes is thrown away until the connection has had its time."""
    before = running.memory
    with running.connect() as sock:
        sock.sendall(b"POST /v1/uitwisselingen HTTP/1.1\r\nContent-Length: 40000000000\r\n\r\n")
        flood(sock, b"a" * 65_536)
        assert running.most_memory - before < GROWN
        assert sock.recv(12) == b"HTTP/1.1 401"


def test_hundreds_that_say_nothing_keep_nobody_out_and_the_account_is_signed(running: Running) -> None:
    """300 connections at a limit of 256 descriptors, half of them with the beginning of a head, made anew as
    fast as they are ended: a newcomer is answered, a push is taken in, and a checkpoint covers it.
    """
    held: list[socket.socket] = []

    def besiege() -> None:
        for n in range(300):
            held.append(running.connect())
            if n % 2:
                held[-1].send(b"GET /v1/gereedheid HTTP/1.1\r\n")
        for old in held[:-300]:
            old.close()
        del held[:-300]

    try:
        for _ in range(3):
            besiege()
            assert len(list(Path(f"/proc/{running.pid}/fd").iterdir())) < DESCRIPTORS - 20
            with httpx.Client(base_url=running.site.issuer, timeout=10) as newcomer:
                assert newcomer.get("/v1/gezondheid").status_code == 200
            pushed = running.http.post(
                "/v1/uitwisselingen",
                content=json.dumps(envelope()),
                headers={"Idempotency-Key": secrets.token_hex(8), "Content-Type": "application/json"},
            )
            assert pushed.status_code == 202, pushed.text
            besiege()
            path = f"/v1/uitwisselingen/{pushed.json()['uitwisselingId']}/bewijs"
            until(lambda path=path: running.http.get(path).status_code == 200, 10)  # type: ignore[misc]
    finally:
        for each in held:
            each.close()
