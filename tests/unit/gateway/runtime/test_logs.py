"""Only what is declared reaches the log, and an exception never with its message."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.runtime.logs import Log, UndeclaredLogError, correlation, describe, make_log, route_library_logs
from schemas.events import (
    CATALOGUE,
    CHECKPOINT_SIGNED,
    REQUEST_REFUSED,
    STARTED,
    STOPPED,
    UNEXPECTED_ERROR,
    Level,
    LogEvent,
    _event,
)

CANARY = "KANARIE-4711"


@pytest.fixture
def stream() -> io.BytesIO:
    return io.BytesIO()


def lines(stream: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line(stream: io.BytesIO) -> None:
    """Name, level, moment in UTC, and the fields as given."""
    make_log(stream)(STARTED, version="1", host="127.0.0.1", port=80, log_name="proef")
    (line,) = lines(stream)
    assert line.pop("at").endswith("Z")
    assert line == {
        "event": "gateway.started",
        "level": "info",
        "version": "1",
        "host": "127.0.0.1",
        "port": 80,
        "log_name": "proef",
    }


UNDECLARED: dict[str, tuple[LogEvent, dict[str, Any]]] = {
    "event": (LogEvent(CANARY, Level.INFO, frozenset({"x"})), {"x": 1}),
    "field": (CHECKPOINT_SIGNED, {"size": 1, CANARY: 1}),
    "kind of value": (CHECKPOINT_SIGNED, {"size": {"a": CANARY}}),
    "long text": (CHECKPOINT_SIGNED, {"size": CANARY * 50}),
    "list of other things": (REQUEST_REFUSED, {"codes": (CANARY, 1)}),
}


@pytest.mark.parametrize("name", list(UNDECLARED))
def test_what_is_not_declared_is_dropped_loudly(stream: io.BytesIO, name: str) -> None:
    """One error event says where in our code; of what was logged nothing remains."""
    event, fields = UNDECLARED[name]
    make_log(stream)(event, **fields)
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("log.refused", "error")
    assert line["place"].startswith("gateway/runtime/test_logs.py:")
    assert CANARY not in stream.getvalue().decode()


@pytest.mark.parametrize("name", list(UNDECLARED))
def test_what_is_not_declared_raises_in_tests(stream: io.BytesIO, name: str) -> None:
    """A strict log stops the program instead."""
    event, fields = UNDECLARED[name]
    with pytest.raises(UndeclaredLogError) as caught:
        make_log(stream, strict=True)(event, **fields)
    assert CANARY not in str(caught.value)
    assert stream.getvalue() == b""


def test_an_event_has_one_declaration() -> None:
    """A second event of the same name is a mistake at import."""
    with pytest.raises(TypeError):
        _event(STARTED.name, Level.INFO)
    assert all(name == event.name for name, event in CATALOGUE.items())


def test_the_threshold_holds(stream: io.BytesIO) -> None:
    """Below the level that the operator chose nothing is written."""
    log = make_log(stream, Level.ERROR)
    log(STOPPED)
    log(UNEXPECTED_ERROR, method="GET", route="/x", client=None)
    assert [line["event"] for line in lines(stream)] == ["request.failed"]


def test_the_correlation_id_is_added(stream: io.BytesIO) -> None:
    """Inside a request every event carries its id, outside none."""
    log = make_log(stream)
    token = correlation.set("a" * 32)
    log(STOPPED)
    correlation.reset(token)
    log(STOPPED)
    assert [line.get("correlation") for line in lines(stream)] == ["a" * 32, None]


def fail() -> None:
    secret = CANARY
    try:
        int(secret)
    except ValueError as error:
        raise OSError(28, secret) from error


def test_an_exception_is_types_and_places(stream: io.BytesIO) -> None:
    """Cause included, errno included, messages and locals not."""
    try:
        fail()
    except OSError as error:
        make_log(stream)(UNEXPECTED_ERROR, exception=error, method="GET", route=None, client=None)
    (line,) = lines(stream)
    shown = line["exception"]
    assert [entry["type"] for entry in shown] == ["builtins.OSError", "builtins.ValueError"]
    assert shown[0]["errno"] == 28
    assert any(frame.endswith(" fail") for frame in shown[0]["frames"])
    assert CANARY not in stream.getvalue().decode()


def test_groups_and_circles_of_exceptions_end() -> None:
    """Members of a group are shown; an exception that causes itself is shown once."""
    first, second = ValueError(CANARY), KeyError(CANARY)
    first.__cause__, second.__cause__ = second, first
    shown = describe(ExceptionGroup(CANARY, [first, second]))
    assert [entry["type"] for entry in shown] == [
        "builtins.ExceptionGroup",
        "builtins.ValueError",
        "builtins.KeyError",
    ]


@pytest.fixture
def routed(stream: io.BytesIO) -> Iterator[Log]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    log = make_log(stream, strict=True)
    route_library_logs(log)
    yield log
    root.handlers[:], root.level = before


@pytest.mark.usefixtures("routed")
def test_libraries_speak_without_their_words(stream: io.BytesIO) -> None:
    """Of a warning or error of a library its logger, place and exception types are kept, the text is not."""
    logging.getLogger("uvicorn.error").info("Started %s", CANARY)
    logging.getLogger("uvicorn.error").warning("Invalid %s", CANARY)
    logging.getLogger("asyncio").error(CANARY, exc_info=ValueError(CANARY))
    logging.getLogger("uvicorn.access").error(CANARY)
    logging.getLogger("uvicorn.error").error(OSError(98, CANARY))
    shown = lines(stream)
    assert [line["event"] for line in shown] == ["library.warning", "library.error", "library.error"]
    assert shown[1]["exception"][0]["type"] == "builtins.ValueError"
    assert shown[2]["exception"][0]["errno"] == 98
    assert CANARY not in stream.getvalue().decode()
