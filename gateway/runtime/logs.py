"""Structured logs: one JSON object a line, only declared events and fields, never a message of an exception.

An exception is shown as its type and the places in code it passed: its message and its local variables may
hold text of a person. Nothing a library logs is passed on in its own words, for the same reason.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

import orjson
import structlog

from schemas.events import CATALOGUE, LIBRARY_ERROR, LIBRARY_WARNING, LOG_REFUSED, Level, LogEvent

Value = str | int | float | bool | None | tuple[str, ...]

correlation: ContextVar[str | None] = ContextVar("correlation", default=None)
"""Set by the HTTP middleware for the length of one request; every event inside it carries the id."""

_MAX_TEXT: Final = 300
_MAX_LISTED: Final = 100
_MAX_CHAIN: Final = 10
_ALWAYS: Final = frozenset({"event", "exception"})


class UndeclaredLogError(TypeError):
    """A programming error: an event, field or kind of value that schemas/events.py does not know."""


class Log(Protocol):
    """Write one event. `fields` must be declared for it; values are identifiers, codes and counts."""

    def __call__(
        self, event: LogEvent, *, exception: BaseException | None = None, **fields: Value
    ) -> None: ...


def make_log(stream: BinaryIO | None = None, level: Level = Level.INFO, *, strict: bool = False) -> Log:
    """A log that writes to `stream` (stderr by default), one line and one flush per event; thread-safe.

    `strict` raises UndeclaredLogError where production writes `log.refused` instead of the event.
    """
    logger = structlog.wrap_logger(
        structlog.BytesLogger(stream if stream is not None else sys.stderr.buffer),
        processors=[
            _Declared(strict=strict),
            _show_exception,
            _add_correlation,
            _add_time,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )

    def log(event: LogEvent, *, exception: BaseException | None = None, **fields: Value) -> None:
        logger.log(event.level, event.name, exception=exception, **fields)

    return log


def route_library_logs(log: Log) -> logging.Handler:
    """Send what libraries (uvicorn, asyncio, …) log at WARNING and above through `log`, without their text.

    Access logs hold query strings, so uvicorn's is switched off: `request.handled` replaces it. Start
    uvicorn with `log_config=None, access_log=False`. Process-wide: call once, at start.
    """
    handler = _LibraryHandler(log)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = name != "uvicorn.access"
        library.setLevel(logging.NOTSET)
    return handler


def describe(error: BaseException) -> list[dict[str, object]]:
    """The exception and what caused it, outermost first: types, places and errno; never a message."""
    shown: list[dict[str, object]] = []
    pending: list[BaseException] = [error]
    seen: set[int] = set()
    while pending and len(shown) < _MAX_CHAIN:
        current = pending.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        entry: dict[str, object] = {
            "type": f"{type(current).__module__}.{type(current).__qualname__}",
            "frames": [
                f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(current.__traceback__, limit=-30)
            ],
        }
        if isinstance(current, OSError) and current.errno is not None:
            entry["errno"] = current.errno
        shown.append(entry)
        if isinstance(current, BaseExceptionGroup):
            pending.extend(current.exceptions)
        following = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
        if following is not None:
            pending.append(following)
    return shown


class _Declared:
    """The structlog processor that refuses what is not in the catalogue."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict

    def __call__(
        self, _logger: object, _method: str, entry: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        declared = CATALOGUE.get(entry["event"])
        if declared is None:
            return self._refuse("an undeclared event")
        if not entry.keys() - _ALWAYS <= declared.fields:
            return self._refuse(f"an undeclared field of {declared.name}")
        for name, value in entry.items():
            if name not in _ALWAYS and not _plain(value):
                return self._refuse(f"a value of {declared.name} that is not plain and short")
        return {"level": declared.level.name.lower(), **entry}

    def _refuse(self, what: str) -> MutableMapping[str, Any]:
        place = _caller()
        if self._strict:
            raise UndeclaredLogError(f"{what}, logged at {place}")
        return {
            "level": LOG_REFUSED.level.name.lower(),
            "event": LOG_REFUSED.name,
            "refused": what,
            "place": place,
        }


def _plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _MAX_TEXT
    if isinstance(value, tuple):
        return len(value) <= _MAX_LISTED and all(isinstance(v, str) and len(v) <= _MAX_TEXT for v in value)
    return value is None or isinstance(value, int | float)


def _caller() -> str:
    for frame in reversed(traceback.extract_stack()):
        path = Path(frame.filename)
        if "structlog" not in path.parts and path != Path(__file__):
            return f"{_short(frame.filename)}:{frame.lineno}"
    return "unknown"


def _show_exception(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    error = entry.pop("exception", None)
    if isinstance(error, BaseException):
        entry["exception"] = describe(error)
    return entry


def _add_correlation(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    current = correlation.get()
    if current is not None:
        entry["correlation"] = current
    return entry


def _add_time(_logger: object, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    entry["at"] = dt.datetime.now(dt.UTC).isoformat().replace("+00:00", "Z")
    return entry


def _json(entry: Mapping[str, Any], **_: object) -> bytes:
    return orjson.dumps(entry)


def _short(filename: str) -> str:
    """The last three parts: enough to find the file, nothing of the machine it runs on."""
    return "/".join(Path(filename).parts[-3:])


class _LibraryHandler(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None and isinstance(record.msg, BaseException):
            error = record.msg
        self._log(
            LIBRARY_ERROR if record.levelno >= logging.ERROR else LIBRARY_WARNING,
            exception=error,
            logger=record.name[:_MAX_TEXT],
            place=f"{_short(record.pathname)}:{record.lineno}",
        )
