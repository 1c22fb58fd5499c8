"""The settings every other test leans on."""

from __future__ import annotations

import functools
import os
import signal
import socket
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from pytest_socket import SocketConnectBlockedError

from tests.conftest import left_out

# pytest-socket warns before it raises, and a warning is an error.
BLOCKED = (SocketConnectBlockedError, UserWarning)


@pytest.mark.parametrize(
    ("markers", "options", "out"),
    [
        (set(), {}, False),
        ({"slow"}, {}, True),
        ({"slow"}, {"long": True}, False),
        ({"fuzz"}, {}, True),
        ({"fuzz"}, {"long": True}, False),
        ({"stores"}, {"long": True}, True),
        ({"stores"}, {"stores": True}, False),
        ({"bench"}, {"long": True}, True),
        ({"bench"}, {"bench": True}, False),
        ({"kill"}, {}, False),
        ({"kill"}, {"kills": 0}, True),
        ({"kill", "slow"}, {}, True),
    ],
)
def test_markers_stay_out_unless_asked_for(markers: set[str], options: dict[str, Any], out: bool) -> None:
    """Slow and fuzz tests need --long, measurements --bench; the crash test runs unless --kills is 0."""
    defaults: dict[str, Any] = {"kills": None, "long": False, "bench": False, "stores": False}
    assert left_out(markers, **(defaults | options)) is out


def test_a_warning_is_an_error() -> None:
    """A warning from our code or from a package fails the test that caused it."""
    with pytest.raises(UserWarning, match="planted"):
        warnings.warn("planted", stacklevel=1)


def test_only_loopback_can_be_reached() -> None:
    """A test that reaches out fails; loopback and unix sockets work."""
    with socket.socket() as outside, pytest.raises(BLOCKED, match="A test tried to use socket"):
        outside.connect(("192.0.2.1", 80))
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
    for end in socket.socketpair():
        end.close()


def test_random_searches_repeat_themselves_unless_asked_otherwise(pytestconfig: pytest.Config) -> None:
    """The test command gives the same answer every time; --long looks further, and freely."""
    free = bool(pytestconfig.getoption("--long"))
    assert settings().derandomize is not free
    assert (settings().database is not None) is free


def test_sigint_reaches_what_tests_start() -> None:
    """Python leaves an ignored SIGINT ignored, and so would every process that a test starts."""
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_run_in_the_background_of_a_script_is_the_same_run(root: Path) -> None:
    """A shell starts those with SIGINT ignored: the test above still passes then."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "sigint_reaches", __file__],
        cwd=root,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")},
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_IGN),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout
