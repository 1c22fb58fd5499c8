"""What a list costs: a fixed number of reads, however many rows it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from gateway.ports.storage import Storage
from tests.faults.faulty import FaultyStorage
from tests.line import HELPER, OTHER_HELPER, Caller, Json, Line, another, bereik, fine, persons, story


class Counted(FaultyStorage):
    """Counts what is asked of the store."""

    def __init__(self, inner: Storage) -> None:
        super().__init__(inner)
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)

        def counted(*args: Any, **more: Any) -> Any:
            self.asked[name] += 1
            return found(*args, **more)

        return counted if callable(found) else found


async def reads(line: Line, who: Caller, path: str, rows: str) -> tuple[int, int]:
    """(how many rows are shown, how many reads that took)."""
    store = line.world.storage
    assert isinstance(store, Counted)
    store.asked.clear()
    shown = fine(await who.get(path))[rows]
    return len(shown), store.asked.total()


async def one_more(line: Line, n: int) -> Json:
    """A leerling of whom something was taken that both ouders withdrew, and one of whom something waits."""
    ident = f"LL-{n}"
    leerling = await line.gezag(leerling={"leerlingid": ident})
    await line.push(raw=another(ident))
    given = await line.both_agree(leerling)
    await line.push(raw=another(ident))
    await line.take((await line.postbus())[-1]["leveringId"])
    for each in given:
        await line.withdraw(each)
    await line.gezag(leerling={"leerlingid": f"LL-wacht-{n}"})
    await line.push(raw=another(f"LL-wacht-{n}"))
    return leerling


def lists(line: Line, leerling: str) -> Iterator[tuple[Caller, str, str]]:
    """Every route that shows a list of what is stored: who asks, where, and under which name the rows are."""
    yield line.school, "/uitwisselingen", "uitwisselingen"
    yield line.school, "/taken", "taken"
    yield line.fg, "/toezicht/leveringen", "leveringen"
    yield line.helper, "/postbus", "leveringen"
    yield line.helper, "/postbus/intrekkingen", "intrekkingen"
    of = f"/leerlingen/{leerling}"
    yield line.school, f"{of}/toestemmingen", "toestemmingen"
    yield line.school, f"{of}/gezagsgegevens", "geschiedenis"
    yield line.school, f"{of}/bekwaamheidsoordelen", "bekwaamheidsoordelen"
    yield line.school, f"{of}/bezwaren", "bezwaren"
    yield line.school, f"{of}/grondverklaringen", "grondverklaringen"
    yield line.school, f"{of}/omstandigheden", "omstandigheden"
    yield line.school, f"{of}/afwegingen", "afwegingen"
    yield line.school, f"{of}/omstandigheden", "omstandigheden"
    yield line.school, f"{of}/registraties", "geschiedenis"
    yield line.school, "/beheer/leveringen", "leveringen"
    yield line.school, "/zaken", "zaken"
    yield line.school, "/overleggen", "overleggen"
    yield line.fg, "/toezicht/zaken", "zaken"
    yield line.fg, "/toezicht/afwegingen", "afwegingen"
    yield line.school, "/kennisgevingen", "kennisgevingen"
    yield line.school, "/proportionaliteitsprofielen", "proportionaliteitsprofielen"
    yield line.school, "/convenanten", "convenanten"


def _pattern(path: str, leerling: str) -> str:
    return path.replace(leerling, "{leerlingId}")


@story(wrap=Counted)
async def test_no_list_costs_a_read_per_row(line: Line) -> None:
    """Five times as much of everything is shown with exactly as many reads."""
    leerling = await one_more(line, 0)
    ident = leerling["leerlingId"]
    known = [{"persoonId": p, "hoedanigheid": "ouder", "gezag": True} for p in persons(leerling)]
    before = {path: await reads(line, who, path, rows) for who, path, rows in lists(line, ident)}
    for n in range(1, 5):
        await one_more(line, n)
        await line.both_agree(leerling)
        await line.gezag(leerling={"leerlingid": "LL-0"}, personen=known)
    grown = set()
    for who, path, rows in lists(line, ident):
        shown, cost = await reads(line, who, path, rows)
        assert cost == before[path][1], path
        if shown > before[path][0]:
            grown.add(path.rpartition("/")[2])
    assert grown >= {
        *("uitwisselingen", "leveringen", "taken", "intrekkingen", "toestemmingen", "gezagsgegevens"),
    }


@story(wrap=Counted)
async def test_the_leveringen_of_an_uitwisseling_cost_no_read_each(line: Line) -> None:
    """With their history, and with the notices of what was withdrawn after it was taken."""
    both = [HELPER, OTHER_HELPER]
    costs = []
    for ontvangers in (both[:1], both):
        leerling = await line.gezag(leerling={"leerlingid": f"LL-{len(ontvangers)}"})
        given = [
            await line.agree(leerling, p, bereik=bereik(ontvangers=ontvangers)) for p in persons(leerling)
        ]
        pushed = await line.push(raw=another(f"LL-{len(ontvangers)}"), ontvangers=ontvangers)
        for who in (line.helper, line.other_helper)[: len(ontvangers)]:
            for waiting in await line.postbus(who):
                await line.take(waiting["leveringId"], who)
        for each in given:
            await line.withdraw(each)
        path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen"
        shown, cost = await reads(line, line.school, path, "leveringen")
        assert shown == len(ontvangers)
        costs.append(cost)
        for view in fine(await line.school.get(path))["leveringen"]:
            assert view["intrekkingen"]
            one = f"{path}/{view['id']}"
            assert fine(await line.school.get(one)) == view
    assert costs[0] == costs[1]


@story("memory")
async def test_every_list_route_is_among_them(line: Line) -> None:
    """Who adds a route with pages adds it to what is counted."""
    described = fine(await line.http.get("/v1/openapi.json"))["paths"]
    paged = {
        path
        for path, methods in described.items()
        if any(p.get("name") == "aantal" for p in methods.get("get", {}).get("parameters", ()))
    }
    assert paged
    assert paged <= {_pattern(path, "X") for _, path, _ in lists(line, "X")}
