"""A small HTTP/1.1 client on one kept connection, for load from a process that should cost little itself."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass


class Broken(Exception):
    """The connection ended before the whole answer was there: whether the request was done is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One request at a time; connects when it must, and again after an answer that closed."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Raises Broken; the next request then begins on a new connection."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}:{self._port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body is not None or method == "POST":
            lines.append(f"Content-Length: {len(body or b'')}")
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._host, self._port)
            reader, writer = self._streams
            writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))
            await writer.drain()
            return await _read(reader)
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            await self.close()
            raise Broken from error

    async def close(self) -> None:
        if self._streams is not None:
            _, writer = self._streams
            self._streams = None
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {}
    for line in head[1:-2]:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Answer(
        int(head[0].split(" ", 2)[1]),
        headers,
        await reader.readexactly(int(headers.get("content-length", "0"))),
    )
