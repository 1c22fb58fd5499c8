"""Runs a how-to that is a day: every block one call of a system, with what must come of it.

    school: POST /v1/uitwisselingen
    { "doel": "toeleiding", ... }
    202
      leveringen[0].status: "aangehouden"
      $levering = leveringen[0].id

A name with $ is what an earlier block kept, in an address or in a body; `...$naam,` puts its fields in place.
Behind `_neem` a system signs for the very bytes and confirms, as its page says it does.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Final

from gateway.cli.proeflijn import Proeflijn, System
from tests.conftest import ROOT

_BLOCK: Final = re.compile(r"^```http\n(.*?)^```", re.DOTALL | re.MULTILINE)
_FIRST: Final = re.compile(r"(\w+): (GET|POST|PUT) (/\S+)")
_ANSWER: Final = re.compile(r"^(\d{3})$", re.MULTILINE)
_HELD: Final = re.compile(r"  ([\w\[\].]+): (.+)")
_KEPT: Final = re.compile(r"  \$(\w+) = ([\w\[\].]+)")


def blocks(page: str) -> list[str]:
    return _BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


class Dag:
    """One day on one line, with what was kept so far."""

    def __init__(self, line: Proeflijn, systems: Mapping[str, System]) -> None:
        self._line, self._systems = line, systems
        self.kept: dict[str, Any] = {"nu": line.now().isoformat(), "vandaag": line.now().date().isoformat()}

    def run(self, block: str) -> None:
        first, _, rest = block.partition("\n")
        read = _FIRST.fullmatch(first)
        assert read is not None, first
        code = _ANSWER.search(rest)
        assert code is not None, block
        who, asked = self._systems[read[1]], rest[: code.start()].strip()
        path = self._filled(read[3])
        body = json.loads(self._filled(asked)) if asked else None
        if path.endswith("/_neem") and code[1] == "200":
            got = self._line.receive(who, path.split("/")[3])
            status, found = 200, got["inhoud"]
        else:
            key = secrets.token_hex(12) if read[2] == "POST" else None
            answer = self._line.call(who, read[2], path, body, key)
            status, found = answer.status_code, answer.json()
        assert (first, status) == (first, int(code[1])), found
        for line in rest[code.end() :].splitlines():
            if kept := _KEPT.fullmatch(line):
                self.kept[kept[1]] = _at(found, kept[2])
            elif held := _HELD.fullmatch(line):
                assert _at(found, held[1]) == json.loads(self._filled(held[2])), (first, line, found)
            else:
                assert not line.strip(), line

    def _filled(self, text: str) -> str:
        def inside(found: re.Match[str]) -> str:
            return json.dumps(self.kept[found[1]])[1:-1] + ","

        def whole(found: re.Match[str]) -> str:
            return str(self.kept[found[1]])

        return re.sub(r"\$(\w+)", whole, re.sub(r"\.\.\.\$(\w+),", inside, text))


def _at(value: Any, path: str) -> Any:
    whole = value
    for step in _steps(path):
        try:
            value = len(value) if step == "aantal" and isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError):
            raise AssertionError((path, whole)) from None
    return value


def _steps(path: str) -> Iterator[str | int]:
    for name, number in re.findall(r"(\w+)|\[(\d+)\]", path):
        yield name or int(number)


DAG: Final = dt.date(2026, 11, 30)
