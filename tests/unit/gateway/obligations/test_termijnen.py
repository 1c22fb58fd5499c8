"""What nobody did in time is escalated once, whatever becomes of the one beside it."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json

import pytest

from adapters.stores.memory import MemoryStorage
from gateway.obligations.termijnen import Termijnen
from gateway.runtime.logs import make_log
from schemas.errors import RecordUnavailable
from schemas.events import Level
from schemas.exchange.taak import Taak, Taaksoort
from schemas.storage.storage import Change, TaakWrite
from tests.contract.values import NOW, ZORG, new_leerling, taak


class Still:
    def now(self) -> dt.datetime:
        return NOW


def test_one_that_fails_holds_up_no_other() -> None:
    """The rest is marked, what comes of it is stored, and the error comes out at the end; each only once."""

    async def scene() -> None:
        store, stream = MemoryStorage(), io.BytesIO()
        new = new_leerling()
        await store.commit(Change(new_leerling=new))
        leerling = new.id
        broken = taak(leerling, soort=Taaksoort.GEZAG_NAGAAN, uiterlijk=NOW - dt.timedelta(2))
        plain = taak(leerling, soort=Taaksoort.OUDERS_INFORMEREN, uiterlijk=NOW - dt.timedelta(1))
        with_more = taak(leerling, soort=Taaksoort.TWEEDE_BLIK)
        early = taak(leerling, uiterlijk=NOW + dt.timedelta(seconds=1))
        await store.commit(Change(taken=tuple(map(TaakWrite, (broken, plain, with_more, early)))))
        more = taak(leerling, partij=ZORG, uiterlijk=NOW + dt.timedelta(1))

        async def fails(_: Taak, __: dt.datetime) -> Change:
            raise RecordUnavailable

        async def adds(late: Taak, now: dt.datetime) -> Change:
            assert (late, now) == (with_more, NOW)
            return Change(taken=(TaakWrite(more),))

        late = {Taaksoort.GEZAG_NAGAAN: fails, Taaksoort.TWEEDE_BLIK: adds}
        termijnen = Termijnen(store, Still(), make_log(stream, Level.DEBUG, strict=True), late)
        for _ in range(2):
            with pytest.raises(RecordUnavailable):
                await termijnen.run()
        found = {t.id: t.geescaleerd_op for t in await store.taken_of(leerling)}
        assert found == {broken.id: None, plain.id: NOW, with_more.id: NOW, early.id: None, more.id: None}
        logged = [json.loads(line) for line in stream.getvalue().splitlines()]
        assert [(e["event"], e["taak"], e["told"]) for e in logged] == [
            ("taak.late", plain.id, []),
            ("taak.late", with_more.id, [ZORG]),
        ]

    asyncio.run(scene())
