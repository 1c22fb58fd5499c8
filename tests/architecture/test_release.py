"""No path in the gateway hands out payload except through the one release function, read from its source.

tests/flow/test_release.py looks at the same while the gateway runs. Between them: what the text cannot show
(a store that gives content under another name) is seen there, and what no request reaches is seen here.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from tests.architecture import release
from tests.architecture.release import HAND_OVER, PREVIEW, RELEASE, SEALING, Place
from tests.architecture.rules import RULES


@pytest.fixture(scope="module")
def sources(root: Path) -> dict[str, str]:
    return release.gateway(root)


@pytest.fixture(scope="module")
def mentions(sources: dict[str, str]) -> dict[str, set[Place]]:
    """Where each name stands that is looked after."""
    found: dict[str, set[Place]] = defaultdict(set)
    for file, source in sources.items():
        for mention, place in release.mentioned(source, file):
            found[mention].add(place)
    return found


# ── content is opened in one place


def test_only_the_exchange_knows_under_what_content_is_sealed(sources: dict[str, str]) -> None:
    """Sealed content opens with its context only, and no other file can write that context."""
    found = {file: set(release.contexts(source)) for file, source in sources.items()}
    assert {f: c for f, c in found.items() if c} == {SEALING: {release.CONTENT_CONTEXT}}


def test_only_these_open_what_is_sealed(sources: dict[str, str]) -> None:
    """The exchange its content, the case its facts and identity."""
    assert {p for f, s in sources.items() for p in release.opened(s, f)} == release.OPENS


# ── what is opened becomes bytes in one place


@pytest.mark.parametrize("name", release.MAY_MENTION)
def test_a_name_stands_only_where_it_may(mentions: dict[str, set[Place]], name: str) -> None:
    """Called, passed on, imported or given another name: each mention is listed, and the list is exact."""
    assert mentions.get(name, set()) == release.MAY_MENTION[name]


def test_nothing_is_reached_by_a_name_that_is_worked_out(sources: dict[str, str]) -> None:
    """Else a mention could be hidden from the test above."""
    assert {p for f, s in sources.items() for p in release.by_name(s, f)} == release.BY_NAME_IN


def test_a_message_is_made_from_a_decision_as_it_was_taken(sources: dict[str, str]) -> None:
    """Only minimise makes a Releasable, only a decision a Permit; in the gateway neither is changed later."""
    guarded = {
        "only consent/minimise.py makes a Releasable",
        "only schemas/decision/decision.py makes a Permit",
    }
    assert guarded <= {r.name for r in RULES}
    assert {f: w for f, s in sources.items() if (w := list(release.forged(s)))} == {}


# ── bytes leave in two kinds of value, and the other uses of the writer keep none


def test_what_the_writer_wrote_leaves_through_release_or_a_preview(sources: dict[str, str]) -> None:
    """At a hand-over its bytes become part of what `release` is offered, and nothing else."""
    assert release.around(sources[HAND_OVER], "writer") == {("HandOver._fitting", "ifexp")}
    assert release.around(sources[PREVIEW], "writer") == {
        ("Previews._show", "return"),
    }
    assert release.around(sources[HAND_OVER], "release") == {("HandOver._once", "return")}
    assert release.around(sources[PREVIEW], "_show") == {("Previews.__call__", "Preview")}
    assert release.around(sources[HAND_OVER], "_fitting") == {("HandOver._once", "assign")}


def test_the_two_values_hold_bytes_of_those_only(sources: dict[str, str]) -> None:
    """A Released is made once, after the intent was compared; what it compares is made from the commit."""
    assert release.arguments(sources[RELEASE], "Released") == [
        "releasable.levering",
        "releasable.payload",
        "digest",
    ]
    assert release.arguments(sources[HAND_OVER], "release") == [
        "written",
        "Intent(leaf, fitting.kept.salt, recorded)",
    ]
    assert release.arguments(sources[HAND_OVER], "Written") == ["levering", "message", "payload"]
    assert release.arguments(sources[PREVIEW], "Preview") == [
        "request",
        "decision",
        "agreed",
        "to_ask",
        "frozenset((c for c in to_ask if asks_separately(request, c)))",
        "cell_of(request, Gegevenscategorie.CONTACT, regels.beleid).gevraagd_als",
        "case.authorities.roles",
        "self._show(intake.inhoud, decision, request)",
        "self._show(intake.inhoud, agreed, request)",
    ]
    made_in = {"Released": RELEASE, "Written": HAND_OVER, "Intent": HAND_OVER, "Preview": PREVIEW}
    for made, file in made_in.items():
        assert [f for f, s in sources.items() if release.arguments(s, made)] == [file]


def test_a_router_answers_objects_and_the_bytes_named_here(sources: dict[str, str]) -> None:
    """Among those bytes only `handed.payload` comes from a levering."""
    routers = {f: s for f, s in sources.items() if f.startswith("gateway/api/")}
    assert {b for f, s in routers.items() for b in release.bodies(s, f)} == release.BODIES


# ── the checks find what they are for

HIDDEN = (
    "async def read(ctx, v):\n    return await ctx.storage.content(v)",
    "async def read(ctx, v):\n    get = ctx.storage.content\n    return await get(v)",
    "async def read(ctx, v):\n    return await getattr(ctx.storage, 'content')(v)",
    "def write(x, r):\n    w = x.writer\n    return w(r)",
    "import gateway.wiring as wiring\ndef f(r):\n    return wiring.STANDARDS['gedeeld'].write(r)",
    "def f(standards, p, r):\n    return standards.writer_for(p)(r)",
    "from adapters import gedeeld",
    "from adapters.gedeeld import write as w",
    "from consent.minimise import minimise as m",
    "from gateway.exchange.release import Released as R",
    "def f(e, r, i):\n    return e.release(r, i)",
    "def f(e, i, d):\n    return Previews._show(e, i, d)",
    "async def f(e, p, v):\n    return (await e.hand_over(p, v)).payload",
    "def f(p):\n    return p.payload_now",
)


@pytest.mark.parametrize("source", HIDDEN)
def test_a_mention_is_found_however_it_is_made(source: str) -> None:
    """In a router that may mention none of it, every way to mention it is found."""
    assert list(release.mentioned(source, "gateway/api/overig.py"))


@pytest.mark.parametrize(
    "source",
    [
        "def f(s, n):\n    return getattr(s, n)",
        "def f(s):\n    return getattr(s, 'con' + 'tent')",
        "def f(s):\n    return vars(s)['_contents']",
        "def f(s):\n    return s.__dict__['_contents']",
        "from operator import attrgetter",
        "import operator\nf = operator.methodcaller('content')",
        "def f(s):\n    return s.__getattribute__('content')",
        "def f():\n    return eval('STANDARDS')",
        "import importlib\nx = importlib.import_module('adapters.gedeeld')",
    ],
)
def test_a_name_that_is_worked_out_is_found(source: str) -> None:
    """A name that is made at run time is refused, whatever it would come to."""
    assert list(release.by_name(source, "gateway/api/overig.py"))


@pytest.mark.parametrize(
    "source",
    [
        "def f(vault, key, sealed):\n    return vault.open(key, sealed, b'feit:1')",
        "def f(self, key, sealed):\n    o = self._vault.open\n    return o(key, sealed, b'feit:1')",
        "def f(vault, *a):\n    return vault.open(*a)",
        "def f(vault, **k):\n    return vault.open(**k)",
        "def f(vault, key, sealed):\n    return vault.open(key, sealed=sealed, context=b'x')",
    ],
)
def test_an_opening_is_found(source: str) -> None:
    """Under another name, or with its arguments in a heap."""
    assert list(release.opened(source, "gateway/api/overig.py"))


@pytest.mark.parametrize(
    "source",
    [
        "x = dataclasses.replace(releasable, inhoud=whole)",
        "x = replace(permit, velden=frozenset())",
        "x = d.model_copy(update={'released': paths})",
        "x = d.model_copy(update={'outcome': Outcome.PERMIT})",
        "x = d.model_copy(update=changes)",
        "x = Decision(released=())",
        "x = Decision.model_construct(**d)",
        "object.__setattr__(releasable, 'inhoud', whole)",
    ],
)
def test_a_forgery_is_found(source: str) -> None:
    """A decision or a message that says something else than was decided."""
    assert list(release.forged(source))


@pytest.mark.parametrize(
    "source",
    [
        "respond(200, payload)",
        "respond(status=200, body=await ctx.read(v))",
        "Response(sealed.content)",
        "StreamingResponse(parts)",
        "starlette.responses.Response(content=x)",
    ],
)
def test_an_answer_of_bytes_is_found(source: str) -> None:
    """Bytes that leave are found, with whichever response they are made."""
    assert list(release.bodies(source, "gateway/api/overig.py"))
