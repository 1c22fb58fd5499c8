"""What every answer carries, and how bodies, keys and parameters are read."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from adapters.stores.memory import MemoryStorage
from gateway.api.http import Envelope, parse_json, read_body
from gateway.exchange.idempotency import MAX_COMMAS
from gateway.runtime.logs import UndeclaredLogError, make_log
from schemas.errors import (
    Conflict,
    InvalidMessage,
    LedgerBroken,
    MessageTooLarge,
    NotFound,
    RecordUnavailable,
)
from schemas.events import STOPPED
from schemas.people.partij import Partij
from tests.callers import CANARY, MAX_BODY, World, world

HEADERS = {
    "api-version": "1.0.0",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
FAILURES: dict[str, BaseException] = {
    "onvoorzien": ValueError(CANARY),
    "weg": NotFound(CANARY),
    "conflict": Conflict(CANARY),
    "geen-account": RecordUnavailable(CANARY),
    "verbroken": LedgerBroken(CANARY),
}


@pytest.fixture
def here() -> Iterator[World]:
    with world(MemoryStorage(), failures=FAILURES) as made:
        yield made


REQUESTS: dict[str, tuple[str, str, dict[str, Any], int]] = {
    "fine": ("GET", "/v1/partijen", {}, 200),
    "openapi": ("GET", "/v1/openapi.json", {}, 200),
    "unknown path": ("GET", f"/v1/{CANARY}", {}, 404),
    "trailing slash": ("GET", "/v1/wie/", {}, 404),
    "framework docs": ("GET", "/docs", {}, 404),
    "method": ("DELETE", "/v1/partijen", {}, 405),
    "head": ("HEAD", "/v1/wie", {}, 405),
    "trace": ("TRACE", "/v1/wie", {}, 405),
    "no token": ("GET", "/v1/wie", {}, 401),
    "bad token": ("GET", "/v1/wie", {"headers": {"Authorization": f"Bearer {CANARY}"}}, 401),
    "not json": ("POST", "/v1/partijen", {"content": CANARY}, 415),
    "bad json": ("POST", "/v1/partijen", {"content": f'"{CANARY}', "headers": {}}, 400),
    "unknown fields": ("POST", "/v1/partijen", {"json": {CANARY: CANARY, "naam": {CANARY: 1}}}, 400),
    "wrong values": ("POST", "/v1/partijen", {"json": {"id": CANARY, "soort": CANARY, "naam": CANARY}}, 400),
    "too large": ("POST", "/v1/partijen", {"json": CANARY * 10_000}, 413),
    "bad key": ("POST", "/v1/sleutels", {"headers": {"Idempotency-Key": f"{CANARY}é".encode()}}, 400),
    "bad number": ("GET", f"/v1/partijen?limiet={CANARY}", {}, 400),
    "bad id": ("GET", f"/v1/partijen/{CANARY}", {}, 404),
    "declared path": ("GET", f"/v1/getallen/{CANARY}?q={CANARY}", {}, 400),
    "unforeseen": ("GET", "/v1/stuk/onvoorzien", {}, 500),
    "gone": ("GET", "/v1/stuk/weg", {}, 404),
    "conflict": ("GET", "/v1/stuk/conflict", {}, 409),
    "no account": ("GET", "/v1/stuk/geen-account", {}, 503),
    "log broken": ("GET", "/v1/stuk/verbroken", {}, 503),
}


@pytest.mark.parametrize("name", list(REQUESTS))
def test_every_answer_is_dressed_and_repeats_nothing(here: World, name: str) -> None:
    """Good or bad, ours or the framework's: all headers, problem+json from 400, and no echo anywhere."""
    method, path, options, status = REQUESTS[name]
    if name == "bad json":
        options = {**options, "headers": {"Content-Type": "application/json"}}
    answer = here.http.request(method, path, **options)
    assert answer.status_code == status
    assert HEADERS.items() <= dict(answer.headers).items()
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-correlatie-id"])
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", answer.headers["traceparent"])
    assert "server" not in answer.headers
    assert ("access-control-allow-origin" in answer.headers) == (name == "openapi")
    if status >= 400 and method != "HEAD":
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert body["status"] == status
        assert {"type", "title", "detail"} <= body.keys()
        assert body["type"].startswith("https://ozlijn.nl/problemen/")
        assert ("correlatieId" in body) == (status == 500)
    assert CANARY not in answer.text + str(answer.headers)
    assert CANARY not in here.logged.getvalue().decode()
    handled = [line for line in here.log_lines() if line["event"] == "request.handled"]
    assert [line["status"] for line in handled] == [status]


def test_a_405_names_all_methods_of_the_path(here: World) -> None:
    """Two routes on one path both count."""
    assert here.http.delete("/v1/partijen").headers["allow"] == "GET, POST"


def test_not_found_is_the_same_bytes_always(here: World) -> None:
    """No route, no such thing, an id that cannot be one: nobody can tell them apart."""
    paths = ("/v1/nergens", "/v1/stuk/weg", "/v1/partijen/x")
    answers = [here.http.get(path) for path in paths]
    assert len({answer.content for answer in answers}) == 1
    vary = ("x-correlatie-id", "traceparent")
    assert len({str([h for h in answer.headers.items() if h[0] not in vary]) for answer in answers}) == 1


def test_a_500_can_be_found_in_the_log(here: World) -> None:
    """The caller gets the id under which the log shows the exception, without its message."""
    answer = here.http.get("/v1/stuk/onvoorzien")
    assert answer.json()["correlatieId"] == answer.headers["x-correlatie-id"]
    failed = next(line for line in here.log_lines() if line["event"] == "request.failed")
    assert failed["correlation"] == answer.json()["correlatieId"]
    assert [shown["type"] for shown in failed["exception"]] == [
        "builtins.RuntimeError",
        "builtins.ValueError",
    ]
    assert any("callers.py" in frame for frame in failed["exception"][0]["frames"])


def test_an_account_that_fails_is_loud_in_the_log(here: World) -> None:
    """A broken promise of ours is an error event and tells the caller when to come back."""
    answer = here.http.get("/v1/stuk/geen-account")
    assert answer.headers["retry-after"] == "5"
    assert any(
        line["event"] == "gateway.promise_broken" and line["level"] == "error" for line in here.log_lines()
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0198c1d2-7a3b-7cde-8f00-0123456789ab", True),
        ("0198C1D2-7A3B-7CDE-8F00-0123456789AB", True),
        ("0198c1d27a3b7cde8f000123456789ab", True),
        ("9" * 31 + "a", True),
        ("0198c1d27a3b7cde8f000123456789a", False),
        ("0198c1d2-7a3b7cde-8f00-0123456789ab", False),
        ("0198c1d2-7a3b-7cde-8f00-0123456789ag", False),
        ("00000000-0000-0000-0000-000999912345", False),
        ("00000000000000000000000999912345", False),
        ("Jansen-999912345-x", False),
        ("a" * 16, False),
        (f"{'a' * 32} {CANARY}", False),
        (f"{CANARY}{'a' * 32}", False),
        ("", False),
    ],
)
def test_a_correlation_id_is_kept_only_when_harmless(here: World, given: str, kept: bool) -> None:
    """A UUID with a letter in it is; anything else is in no header and no log line, ours is."""
    answer = here.http.get("/v1/partijen", headers={"X-Correlatie-Id": given})
    shown = answer.headers["x-correlatie-id"]
    assert (shown == given) == kept
    (handled,) = [line for line in here.log_lines() if line["event"] == "request.handled"]
    assert handled["correlation"] == shown
    assert (handled["own_id"] == shown) != kept
    if given and not kept:
        assert given not in here.logged.getvalue().decode()


def test_the_own_id_of_a_request_is_nobodys_else(here: World) -> None:
    """Whatever ids a client sends, and however often the same: 32 new hex digits each time."""
    sent = {"X-Correlatie-Id": "a" * 32, "traceparent": f"00-{'b' * 32}-{'c' * 16}-01"}
    for _ in range(2):
        here.http.get("/v1/partijen", headers=sent)
    own = [line["own_id"] for line in here.log_lines() if line["event"] == "request.handled"]
    assert len({*own, "a" * 32, "b" * 32}) == 4
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in own)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (f"00-{'a' * 32}-{'b' * 16}-01", True),
        (f"00-{'0' * 32}-{'b' * 16}-01", False),
        (f"00-{'0' * 23}999912345-{'b' * 16}-01", False),
        (f"00-{'a' * 32}-{'0' * 16}-01", False),
        (f"ff-{'a' * 32}-{'b' * 16}-01", False),
        (f"00-{'A' * 32}-{'b' * 16}-01", False),
        (CANARY, False),
    ],
)
def test_a_trace_is_continued_only_when_well_formed(here: World, given: str, kept: bool) -> None:
    """The trace id stays, the span becomes ours; nonsense starts a new trace."""
    answer = here.http.get("/v1/partijen", headers={"traceparent": given})
    _, trace, span, flags = answer.headers["traceparent"].split("-")
    assert ((trace, flags) == ("a" * 32, "01")) == kept
    assert span != "b" * 16


GOOD = {"id": "gemeente:9999", "soort": "gemeente", "naam": "Verzonnen"}


def post(here: World, content: bytes, media: str = "application/json", **headers: str) -> Any:
    return here.http.post("/v1/partijen", content=content, headers={"Content-Type": media, **headers})


@pytest.mark.parametrize(
    "media", ["application/json", "Application/JSON; charset=UTF-8", 'application/json; charset="utf-8"']
)
def test_json_is_read_as_the_model(here: World, media: str) -> None:
    """A good body comes back as it was read."""
    answer = post(here, json.dumps(GOOD).encode(), media)
    assert answer.status_code == 200
    assert GOOD.items() <= answer.json().items()


@pytest.mark.parametrize(
    "media", ["text/plain", "application/json; charset=latin-1", "application/xml", "application/jsonx", ""]
)
def test_other_media_types_are_415(here: World, media: str) -> None:
    """What is not said to be JSON in UTF-8 is not read."""
    assert post(here, json.dumps(GOOD).encode(), media).status_code == 415


def test_a_compressed_body_is_415(here: World) -> None:
    """A small body that grows without bound when unpacked is never unpacked."""
    assert post(here, b"\x1f\x8b", **{"Content-Encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"naam": "\xe9"}',
        b"[" * 20_000,
        b'{"a":' * 5_000,
        b'{"id":' + b"9" * 10_000 + b"}",
        b'{"naam": "\\ud800"}',
        b"NaN",
    ],
    ids=[
        "empty",
        "cut",
        "utf16",
        "bom",
        "latin1",
        "deep list",
        "deep object",
        "huge number",
        "surrogate",
        "nan",
    ],
)
def test_bombs_and_broken_json_are_400(here: World, content: bytes) -> None:
    """Never a 500, whatever the bytes."""
    answer = post(here, content)
    assert answer.status_code == 400
    assert answer.json()["fouten"]


def test_a_name_twice_is_refused(here: World) -> None:
    """Two readers of such a message would each see another one."""
    answer = post(here, b'{"id":"gemeente:9999","soort":"gemeente","naam":"a","naam":"b"}')
    assert [fault["code"] for fault in answer.json()["fouten"]] == ["json.dubbelVeld"]


def test_only_names_of_the_wire_are_known(here: World) -> None:
    """The Python name of a field is not a second spelling on the wire: it is unknown, and told."""
    body = {**GOOD, "clients": [{"client_id": "een-client", "scopes": ["ledger:lezen"], "sleutels": []}]}
    texts = [f["tekst"] for f in post(here, json.dumps(body).encode()).json()["fouten"]]
    assert "heeft een veld dat hier niet bestaat; bedoelt u clientId?" in texts


def test_a_body_of_very_many_fields_is_not_even_read() -> None:
    """Fields and elements are counted before anything looks at them; a message at the bound is looked at."""
    for count, code in ((MAX_COMMAS + 1, "json.teVeel"), (MAX_COMMAS, "json.soort")):
        with pytest.raises(InvalidMessage) as caught:
            parse_json(b"[" + b"1," * count + b"1]", Partij)
        assert [f.code for f in caught.value.faults] == [code]


def test_the_size_is_bounded_announced_or_not(here: World) -> None:
    """Exactly the bound passes; one byte more does not, with and without Content-Length."""
    fill = json.dumps(GOOD).encode()
    assert post(here, fill + b" " * (MAX_BODY - len(fill))).status_code == 200
    over = fill + b" " * (MAX_BODY - len(fill) + 1)
    assert post(here, over).status_code == 413

    def chunks() -> Iterator[bytes]:
        for at in range(0, len(over), 1_000):
            yield over[at : at + 1_000]

    streamed = here.http.post("/v1/partijen", content=chunks(), headers={"Content-Type": "application/json"})
    assert streamed.status_code == 413


def a_request(chunks: AsyncIterator[bytes], **headers: str) -> Request:
    async def receive() -> dict[str, Any]:
        async for chunk in chunks:
            return {"type": "http.request", "body": chunk, "more_body": True}
        return {"type": "http.disconnect"}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": raw}, receive)


def test_an_announced_size_is_refused_unread() -> None:
    """Content-Length alone is enough: not one chunk is taken."""

    async def chunks() -> AsyncIterator[bytes]:
        yield pytest.fail("read")

    async def story() -> None:
        with pytest.raises(MessageTooLarge):
            await read_body(a_request(chunks(), content_length="11"), 10)

    asyncio.run(story())


def test_counting_stops_at_the_bound() -> None:
    """An endless body is left as soon as it passes the bound."""
    taken = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield b"x" * 6

    async def story() -> None:
        with pytest.raises(MessageTooLarge):
            await read_body(a_request(chunks()), 10)

    asyncio.run(story())
    assert taken == 2


def test_a_slow_body_is_cut_off(here: World) -> None:
    """Whoever drips bytes does not keep a place: 408."""

    async def drip() -> dict[str, Any]:
        await asyncio.sleep(5)
        return {"type": "http.request", "body": b"", "more_body": False}

    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/partijen",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json")],
    }
    assert here.http.portal is not None
    here.http.portal.call(here.http.app, scope, drip, send)
    assert sent[0]["status"] == 408
    assert b"te-traag" in sent[1]["body"]


def test_a_caller_that_hangs_up_is_no_error() -> None:
    """It is logged as abandoned, and nothing is sent."""
    logged = io.BytesIO()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise ClientDisconnect

    async def story() -> None:
        scope: dict[str, Any] = {"type": "http", "method": "POST", "headers": []}
        await Envelope(app, log=make_log(logged, strict=True))(scope, None, None)  # type: ignore[arg-type]

    asyncio.run(story())
    assert [json.loads(line)["event"] for line in logged.getvalue().splitlines()] == ["request.abandoned"]


@pytest.mark.parametrize("key", ["12345678", "a b c d e f", "~" * 200])
def test_an_idempotency_key_is_read(here: World, key: str) -> None:
    """8 to 200 printable characters."""
    answer = here.http.post("/v1/sleutels", headers={"Idempotency-Key": key})
    assert answer.json() == {"lengte": len(key)}


def test_a_missing_or_bad_idempotency_key_is_named(here: World) -> None:
    """Absent, short, long, unprintable or twice: 400 with a code of its own."""
    absent = here.http.post("/v1/sleutels")
    assert absent.json()["fouten"][0]["code"] == "idempotentie.ontbreekt"
    twice = [("Idempotency-Key", "12345678"), ("Idempotency-Key", "12345678")]
    for headers in ({"Idempotency-Key": "1234567"}, {"Idempotency-Key": "x" * 201}, twice):
        bad = here.http.post("/v1/sleutels", headers=headers)
        assert bad.status_code == 400
        assert bad.json()["fouten"][0]["code"] == "idempotentie.ongeldig"


@pytest.mark.parametrize("asked", ["0", "101", "-1", "1.0", "", "9" * 50, "1&limiet=2", "²"])
def test_a_number_out_of_range_is_400(here: World, asked: str) -> None:
    """A page size is a whole number within its bounds, given once."""
    assert here.http.get(f"/v1/partijen?limiet={asked}").status_code == 400


def test_a_number_in_range_or_absent_is_read(here: World) -> None:
    """The default when it is not there."""
    assert here.http.get("/v1/partijen").json() == {"limiet": 20}
    assert here.http.get("/v1/partijen?limiet=100").json() == {"limiet": 100}


def test_the_log_has_templates_not_paths(here: World) -> None:
    """A path may hold what a caller made up; the log shows the route it matched, or none."""
    here.http.get(f"/v1/partijen/{CANARY}?q={CANARY}")
    assert [line["route"] for line in here.log_lines() if line["event"] == "request.handled"] == [
        "/partijen/{partij}"
    ]


def test_a_bad_log_call_shows_in_tests() -> None:
    """The log of this file is strict, so that an undeclared field could not pass unseen."""
    with pytest.raises(UndeclaredLogError):
        make_log(strict=True)(STOPPED, extra=1)


def document(here: World) -> dict[str, Any]:
    made: dict[str, Any] = here.http.get("/v1/openapi.json").json()
    return made


def test_the_document_is_complete(here: World) -> None:
    """3.1, licence, contact, server with the major, and for each operation Dutch texts and its problems."""
    made = document(here)
    assert made["openapi"] == "3.1.0"
    assert made["info"]["version"] == "1.0.0"
    assert {"name", "email", "url"} <= made["info"]["contact"].keys()
    assert made["info"]["license"]["identifier"] == "EUPL-1.2"
    assert made["servers"][0]["url"].endswith("/v1")
    assert "/wie" in made["paths"]
    for item in made["paths"].values():
        for call in item.values():
            assert {"operationId", "summary", "description", "tags", "security"} <= call.keys()
            assert {"500", "503"} <= call["responses"].keys()
            assert all("API-Version" in response["headers"] for response in call["responses"].values())


def test_an_operation_tells_what_follows_from_it(here: World) -> None:
    """A scope brings 401 and 403, a body its schema and 400, 413 and 415, a key 409 and 422, an id 404."""
    paths = document(here)["paths"]
    assert {"401", "403"} <= paths["/wie"]["get"]["responses"].keys()
    assert paths["/wie"]["get"]["security"] == [{"clientCredentials": ["uitwisselingen:lezen"]}]
    made = paths["/partijen"]["post"]
    assert {"200", "400", "408", "413", "415"} <= made["responses"].keys()
    schema = made["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/Partij"}
    key = paths["/sleutels"]["post"]
    assert {"400", "409", "422"} <= key["responses"].keys()
    assert key["parameters"][0]["name"] == "Idempotency-Key"
    one = paths["/partijen/{partij}"]["get"]
    assert "404" in one["responses"]
    assert one["parameters"][0]["in"] == "path"


def test_every_reference_in_the_document_resolves(here: World) -> None:
    """Models are lifted to the components, parts of parts included."""
    made = document(here)
    text = json.dumps(made)
    assert "$defs" not in text
    names = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert {"Partij", "Client", "Jwk", "Probleem", "Fout"} <= names
    assert names <= made["components"]["schemas"].keys()
