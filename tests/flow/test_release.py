"""Every route there is, called with everything that exists: stored content is opened for a hand-over only.

A store and a vault that write down what is opened stand behind the ports, so nothing is patched. The routes
come from the application itself, so a new one takes part. tests/architecture/test_release.py reads the same
from the source.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx2 as httpx

from adapters.local.keys import KeyVault
from adapters.stores.memory import MemoryStorage
from gateway.ports.keys import Vault
from gateway.ports.storage import Storage
from schemas.storage.storage import Sealed
from tests.line import (
    LEERLING,
    NOWHERE,
    Caller,
    Json,
    Line,
    another,
    dossier,
    envelope,
    fresh,
    gezag,
    only,
    open_line,
    persons,
    prepare,
    terugkoppeling,
    toestemming,
    veto,
)

if TYPE_CHECKING:
    _Storage = MemoryStorage  # any will do: what is not written down passes through
    _Vault = KeyVault
else:

    class _Storage:
        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

    _Vault = _Storage

MARK: Final = "Kanariegeel"
"""A goal in the dossier: nowhere but in a delivery and in the sender's own preview."""
TAKE: Final = ("POST", "/v1/leveringen/{leveringId}/_neem")


class Opened:
    """What was opened since it was last looked at: ids of leveringen whose content was read or decrypted."""

    def __init__(self) -> None:
        self._read: list[str] = []

    def add(self, levering: str) -> None:
        self._read.append(levering)

    def take(self) -> set[str]:
        found, self._read = set(self._read), []
        return found


class SpyStorage(_Storage):
    def __init__(self, inner: Storage, seen: Opened) -> None:
        self._inner, self._seen = inner, seen

    async def content(self, levering: str) -> Sealed | None:
        self._seen.add(levering)
        return await self._inner.content(levering)


class SpyVault(_Vault):
    def __init__(self, inner: Vault, seen: Opened) -> None:
        self._inner, self._seen = inner, seen

    def open(self, leerling_key: bytes, sealed: Sealed, context: bytes) -> bytes:
        kind, _, ident = context.decode().partition(":")
        if kind not in {"feit", "identiteit", "detail"}:
            self._seen.add(ident)
        return self._inner.open(leerling_key, sealed, context)


class Scene:
    """Leveringen in every state, and what a request can name."""

    def __init__(self, line: Line, leerling: Json, given: Json) -> None:
        self.line, self.leerling, self.given = line, leerling, given
        self.ids: dict[str, list[str]] = {"leveringId": [NOWHERE], "uitwisselingId": [NOWHERE]}
        self.klaar = ""

    def add(self, pushed: Json) -> str:
        self.ids["uitwisselingId"].append(pushed["uitwisselingId"])
        self.ids["leveringId"].append(only(pushed))
        return only(pushed)

    def filled(self, path: str) -> Iterator[str]:
        """The path with each id there is: of a parameter we do not know, every id of every kind."""
        names = re.findall(r"\{([^}:]+)[^}]*\}", path)
        if not names:
            yield path
            return
        every = list(dict.fromkeys(i for ids in self.ids.values() for i in ids))
        pairs = zip(self.ids["uitwisselingId"], self.ids["leveringId"], strict=True)
        if {"uitwisselingId", "leveringId"} == set(names):
            for u, v in pairs:
                yield path.replace("{uitwisselingId}", u).replace("{leveringId}", v)
            return
        for ident in self.ids.get(names[-1], every):
            out = path
            for name in names:
                out = re.sub(rf"\{{{name}[^}}]*\}}", ident, out)
            yield out

    def bodies(self, path: str) -> list[object]:
        """What a route of this path takes; what we do not know gets one of everything."""
        ref, person = self.leerling["leerlingId"], persons(self.leerling)[0]
        raw = dossier((LEERLING, "nog een"))
        moment = self.line.clock.now().isoformat()
        known: dict[str, list[object]] = {
            "uitwisselingen": [envelope(raw), terugkoppeling(self.klaar)],
            "_proef": [envelope(dossier(("telefoon", "telefoon"))), terugkoppeling(self.klaar)],
            "gezagsgegevens": [gezag(leerling={"leerlingid": "nieuw"})],
            "toestemmingen": [toestemming(person, leerlingId=ref)],
            "intrekkingen": [{"moment": moment}],
            "professionele-vetos": [veto(leveringId=v, richting="J2S") for v in self.ids["leveringId"]],
            "leveringsbewijzen": [{"jws": "x" * 40}],
            "_weiger": [{"grond": "geen_capaciteit"}],
            "_neem": [None],
            "_verwerkt": [None],
            "_herhaal": [None],
        }
        last = path.rpartition("/")[2]
        return known.get(last, [None, {}, *(b for found in known.values() for b in found)])


async def scene(line: Line) -> Scene:
    leerling = await line.gezag()
    given = await line.both_agree(leerling)
    made = Scene(line, leerling, given[0])
    made.ids["toestemmingId"] = [NOWHERE, *(g["toestemmingId"] for g in given)]

    async def about(name: str) -> str:
        own = await line.gezag(leerling={"leerlingid": name})
        await line.both_agree(own)
        return made.add(await line.push(raw=marked(name)))

    made.klaar = made.add(await line.push(raw=marked(LEERLING)))
    made.add(await line.push(raw=another("aangehouden")))
    for name in ("geweigerd", "mislukt", "getekend"):
        levering = await about(name)
        payload = await line.take(levering)
        assert MARK.encode() in payload
        if name == "getekend":
            await line.sign_for(levering, payload)
        else:
            await line.refuse(levering, "onleesbaar" if name == "mislukt" else "niet_voor_ons")
    made.add(await line.answer_back(levering))
    await about("klaar gebleven")
    await line.context.checkpointer.publish()
    return made


def marked(name: str) -> bytes:
    return dossier((LEERLING, name), ("<achternaam>", f"<achternaam>{MARK}"))


async def call(who: Caller, method: str, path: str, body: object) -> httpx.Response:
    path = path.removeprefix("/v1")
    if method == "POST":
        return await who.post(path, body, key=fresh())
    return await who.http.request(method, f"/v1{path}", headers=who.headers(None, None))


def test_content_is_opened_for_a_hand_over_only(tmp_path: Path) -> None:
    """Every route, every caller, every id: only `_neem` opens content, of that levering, for its recipient.

    And what is in it stands in no answer but that one and the preview of what the caller sends himself.
    """
    seen = Opened()
    prepare("sqlite", tmp_path)

    async def run() -> None:
        async with open_line(
            "sqlite", tmp_path, lambda s: SpyStorage(s, seen), lambda v: SpyVault(v, seen)
        ) as line:
            made = await scene(line)
            every = line.routes()
            assert TAKE in every
            seen.take()
            assert await _walk(line, made, every, seen) > 0
            line.later(days=40)
            await line.sweep()
            await line.context.rounds.daily()
            await line.context.termijnen.run()
            assert not seen.take()

    asyncio.run(run())


async def _walk(line: Line, made: Scene, every: set[tuple[str, str]], seen: Opened) -> int:
    """Reading first; then what changes something; the taking last. Returns how many were taken."""
    taken = 0
    order = sorted(every - {TAKE}, key=lambda r: (r[0] != "GET", "_weiger" in r[1], r))
    for method, route in [*order, TAKE]:
        if method in {"HEAD", "OPTIONS"}:
            continue
        for who in line.callers.values():
            for path in made.filled(route):
                for body in made.bodies(route) if method == "POST" else [None]:
                    answer = await call(who, method, path, body)
                    opened = seen.take()
                    here = f"{who.partij} {method} {path}: {answer.status_code}"
                    if (method, route) == TAKE and answer.status_code == 200:
                        assert opened == {path.split("/")[3]}, here
                        taken += 1
                    elif (method, route) == TAKE:
                        assert opened <= {path.split("/")[3]}, here
                    else:
                        assert not opened, here
                        assert MARK not in answer.text or route.endswith("/_proef"), here
    return taken
