"""The settings every other test leans on."""

from __future__ import annotations

import socket
import warnings
from typing import Any

import pytest
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
        ({"bench"}, {"long": True}, True),
        ({"bench"}, {"bench": True}, False),
        ({"kill"}, {}, False),
        ({"kill"}, {"kills": 0}, True),
        ({"kill", "slow"}, {}, True),
    ],
)
def test_markers_stay_out_unless_asked_for(markers: set[str], options: dict[str, Any], out: bool) -> None:
    """Slow and fuzz tests need --long, measurements --bench; the crash test runs unless --kills is 0."""
    defaults: dict[str, Any] = {"kills": 50, "long": False, "bench": False}
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
