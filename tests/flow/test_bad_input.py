"""Bad input over HTTP: each kind gets its own precise problem, no value comes back, and nothing changes."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx2 as httpx

from schemas.publication.voorbeelden import VOORBEELDEN
from tests.builders import a_bsn
from tests.line import (
    HELPER,
    LEERLING,
    NOWHERE,
    SCHOOL,
    Caller,
    Json,
    Line,
    another,
    bereik,
    dossier,
    encoded,
    envelope,
    fresh,
    gezag,
    only,
    persons,
    problem,
    story,
    terugkoppeling,
    toestemming,
    veto,
)

PLAIN: Final = dossier().decode()
(ATTACHMENT,) = re.findall(r"<bestandsinhoud>(.*?)</", PLAIN)
BIRTH: Final = "/dossier/huidigeschool/leerling/geboortedatum"
SUPPORT: Final = "/dossier/huidigeschool/leerling/onderwijsondersteuning"
INVALID, UNSUPPORTED, TOO_LARGE = "ongeldig-bericht", "niet-ondersteund-bericht", "bericht-te-groot"


def a_zip_bomb() -> str:
    """60 MB of zeros in a few KB, in base64."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(60_000_000))
    return base64.b64encode(out.getvalue()).decode()


def an_entity_bomb() -> bytes:
    entities = ['<!ENTITY e0 "lol">'] + [f'<!ENTITY e{i} "&e{i - 1};&e{i - 1};">' for i in range(1, 40)]
    return f"<!DOCTYPE a [{''.join(entities)}]><a>&e39;</a>".encode()


LATER: Final = {"geboortedatum": "2030-06-14"}


def with_number(number: str) -> bytes:
    return dossier(("<geboortedatum>", f"<bsn>{number}</bsn><geboortedatum>"))


DOCUMENTS: Final[dict[str, tuple[bytes, str, str, str]]] = {
    "not XML": (b"geen xml", INVALID, "xml.geen_xml", "/"),
    "nothing": (b" ", INVALID, "xml.leeg", "/"),
    "wrong root": (b"<a/>", INVALID, "oso.wortel", "/*"),
    "older namespace": (dossier(("2019/dossier", "2017/dossier")), UNSUPPORTED, "oso.versie", "/dossier"),
    "other version": (
        dossier((">2019.1<", ">2024.1<")),
        UNSUPPORTED,
        "oso.versie",
        "/dossier/metadata/standaardversie",
    ),
    "unknown profile": (
        dossier((">POSWV<", ">POXYZ<")),
        UNSUPPORTED,
        "oso.profiel",
        "/dossier/metadata/overstap",
    ),
    "another profile": (
        dossier((">POSWV<", ">POVO<")),
        UNSUPPORTED,
        "oso.profiel",
        "/dossier/metadata/overstap",
    ),
    "XXE": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        INVALID,
        "xml.doctype",
        "/",
    ),
    "external DTD": (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>', INVALID, "xml.doctype", "/"),
    "entity bomb": (an_entity_bomb(), INVALID, "xml.doctype", "/"),
    "depth bomb": (b"<a>" * 100_000 + b"</a>" * 100_000, INVALID, "xml.te_diep", "/"),
    "bytes of another encoding": (
        PLAIN.replace("Fenna", "Fénna").encode("latin-1"),
        INVALID,
        "xml.codering",
        "/",
    ),
    "unknown encoding": (dossier(('encoding="UTF-8"', 'encoding="UTF-7"')), INVALID, "xml.codering", "/"),
    "BOM of another encoding": (b"\xff\xfe" + PLAIN.encode(), INVALID, "xml.niet_welgevormd", "/"),
    "truncated": (PLAIN.encode()[:6_000], INVALID, "xml.afgebroken", "/"),
    "a BSN": (with_number(a_bsn(3)), INVALID, "PaO.LL12", "/dossier/huidigeschool/leerling/bsn"),
    "no BSN": (
        with_number(str(int(a_bsn(3)) + 1)),
        INVALID,
        "bsn.elfproef",
        "/dossier/huidigeschool/leerling/bsn",
    ),
    "no such day": (dossier((">2016-06-14<", ">2016-02-30<")), INVALID, "datum.ongeldig", BIRTH),
    "born later": (
        dossier((">2016-06-14<", ">2031-02-20<")),
        INVALID,
        "datum.geboorte_toekomst",
        BIRTH,
    ),
    "end before begin": (
        dossier(("<tlveinddatum>2027", "<tlveinddatum>2020")),
        INVALID,
        "datum.eind_voor_begin",
        f"{SUPPORT}/tlv[1]/tlveinddatum",
    ),
    "zip bomb": (
        dossier((ATTACHMENT, a_zip_bomb())),
        INVALID,
        "bijlage.zipbom",
        f"{SUPPORT}/toelichting_onderwijsbehoeften/document[1]/bestandsinhoud",
    ),
    "another school's dossier": (
        dossier((">99ZZ<", ">99XX<")),
        INVALID,
        "afzender.anderBrin",
        "/dossier/huidigeschool/brincode",
    ),
    "another location's dossier": (
        dossier(("<vestigingscode>00<", "<vestigingscode>01<")),
        INVALID,
        "afzender.anderBrin",
        "/dossier/huidigeschool/brincode",
    ),
    "no key for the leerling": (
        dossier((f"<leerlingid>{LEERLING}</leerlingid>", "")),
        INVALID,
        "leerling.zonderSleutel",
        "/leerling/leerlingid",
    ),
}


@story()
async def test_a_bad_document_changes_nothing(line: Line) -> None:
    """Each kind has its own code and place, for a push and for a preview alike, and stores nothing."""
    before = await line.everything()
    for name, (raw, slug, code, place) in DOCUMENTS.items():
        body = envelope(raw)
        answer = await line.school.post("/uitwisselingen", body, key=fresh())
        assert problem(answer)[:2] == (400, slug), name
        assert (code, place) in [(f["code"], f["plaats"]) for f in answer.json()["fouten"]], name
        proef = await line.school.post("/uitwisselingen/_proef", body)
        assert proef.content == answer.content, name
        assert await line.everything() == before, name
    text = b"".join(a.content for a in line.answers)
    for value in (a_bsn(3), "2031", "POXYZ", "Fénna", "etc/passwd"):
        assert value.encode() not in text
    assert (await line.school.post("/uitwisselingen", envelope(), key=fresh())).status_code == 202


@story("memory")
async def test_all_faults_come_at_once(line: Line) -> None:
    """Faults in several places of one dossier are told together, each with its place and its line."""
    raw = dossier(
        (">2016-06-14<", ">2016-02-30<"), (">LASLVS<", ">XYZ<"), (">L</tlvcategorie>", ">Q</tlvcategorie>")
    )
    answer = await line.school.post("/uitwisselingen", envelope(raw), key=fresh())
    faults = answer.json()["fouten"]
    assert len({f["plaats"] for f in faults}) == 3
    assert all(f["regel"] > 1 for f in faults)


def bodies(taken: str) -> dict[str, tuple[Json, str, str]]:
    """Envelopes that do not fit, by (body, code, place)."""
    role = "/ontvangers/0/partij"
    one, twice = HELPER, [HELPER, HELPER]
    unknown = one | {"partij": "agb:99999988"}
    return {
        "unknown recipient": (envelope(ontvangers=[unknown]), "ontvanger.onbekend", role),
        "the same recipient twice": (envelope(ontvangers=twice), "ontvanger.dubbel", "/ontvangers/1"),
        "no recipient": (envelope(ontvangers=[]), "json.lengte", "/ontvangers"),
        "nothing asked": (envelope(categorieen=[]), "json.lengte", "/categorieen"),
        "unknown category": (envelope(categorieen=["alles"]), "json.keuze", "/categorieen/0"),
        "unknown doel": (envelope(doel="alles"), "json.keuze", "/doel"),
        "unknown standard": (
            envelope(dossier=encoded(b"x") | {"standaard": "hl7"}),
            "json.keuze",
            "/dossier/standaard",
        ),
        "unknown field": (envelope(ontvanger=[HELPER]), "json.onbekendVeld", ""),
        "unknown field deeper": (
            envelope(oppDeel={"handelingsdeel": {"doel": []}}),
            "json.onbekendVeld",
            "/oppDeel/handelingsdeel",
        ),
        "wrong kind": (envelope(allesOfNiets="ja"), "json.soort", "/allesOfNiets"),
        "no base64": (
            envelope(dossier={"standaard": "oso", "inhoud": "geen base64!"}),
            "dossier.base64",
            "/dossier/inhoud",
        ),
        "half base64": (
            envelope(dossier={"standaard": "oso", "inhoud": "AAA"}),
            "dossier.base64",
            "/dossier/inhoud",
        ),
        "base64 with a line break": (
            envelope(dossier={"standaard": "oso", "inhoud": "AA\nAA"}),
            "dossier.base64",
            "/dossier/inhoud",
        ),
        "neither dossier nor answer": (envelope(dossier=None), "inhoud.een", ""),
        "an OPP part alone": (envelope(dossier=None, oppDeel={}), "inhoud.oppDeel", "/oppDeel"),
        "both dossier and answer": (
            envelope(terugkoppeling={"status": "gestart"}, inAntwoordOp=taken),
            "inhoud.een",
            "",
        ),
        "a dossier that answers": (envelope(inAntwoordOp=taken), "inhoud.inAntwoordOp", "/inAntwoordOp"),
        "a school that says how help stands": (
            terugkoppeling(taken),
            "terugkoppeling.status",
            "/terugkoppeling/status",
        ),
    }


@story()
async def test_a_bad_envelope_changes_nothing(line: Line) -> None:
    """What the envelope says wrong is told with a place in it."""
    _, pushed, _ = await line.permitted()
    await line.take(only(pushed))
    before = await line.everything()
    for name, (body, code, place) in bodies(only(pushed)).items():
        answer = await line.school.post("/uitwisselingen", body, key=fresh())
        assert problem(answer)[:2] == (400, INVALID), name
        assert (code, place) in [(f["code"], f["plaats"]) for f in answer.json()["fouten"]], name
    for name, (body, code) in {
        "a dossier of an aanbieder": (envelope(), "afzender.geenSchool"),
        "an answer to nothing": (terugkoppeling(NOWHERE), "inAntwoordOp.onbekend"),
        "an answer that does not say how help stands": (
            terugkoppeling(only(pushed), terugkoppeling={"adviezen": ["rustmomenten"]}),
            "terugkoppeling.status",
        ),
        "an answer that names nothing": (
            _without(terugkoppeling(NOWHERE), "inAntwoordOp"),
            "leerling.zonderSleutel",
        ),
        "an answer about somebody of its own": (
            terugkoppeling(only(pushed), leerling={"leerlingid": "C-1"}),
            "inhoud.inAntwoordOp",
        ),
    }.items():
        answer = await line.helper.post("/uitwisselingen", body, key=fresh())
        assert problem(answer)[:2] == (400, INVALID), name
        assert code in problem(answer)[2], name
    stranger = await line.other_helper.post("/uitwisselingen", terugkoppeling(only(pushed)), key=fresh())
    assert problem(stranger) == (400, INVALID, ("inAntwoordOp.onbekend",))
    assert await line.everything() == before


def _without(body: Json, name: str) -> Json:
    return {n: v for n, v in body.items() if n != name}


@story("memory")
async def test_nobody_is_born_after_today(line: Line) -> None:
    """Not in a dossier that says it is of later itself, and not in a message; nothing is stored."""
    before = await line.everything()
    raw = re.sub(rb"<datum>\d{4}", b"<datum>2198", dossier((">2016-06-14<", ">2030-06-14<")))
    hulpvraag = VOORBEELDEN["hulpvraag"]
    message = {"soort": "hulpvraag", "inhoud": hulpvraag | {"leerling": hulpvraag["leerling"] | LATER}}
    for body, place in (
        (envelope(raw), "/dossier/huidigeschool/leerling/geboortedatum"),
        (
            envelope(dossier=None, bericht=message, leerling={"leerlingid": "LL-1"}),
            "/bericht/inhoud/leerling/geboortedatum",
        ),
    ):
        for path in ("/uitwisselingen", "/uitwisselingen/_proef"):
            answer = await line.school.post(path, body, key=fresh())
            found = [(f["code"], f["plaats"]) for f in answer.json()["fouten"]]
            assert found == [("datum.geboorte_toekomst", place)]
    assert await line.everything() == before


@story("memory")
async def test_another_birth_date_asks_for_a_check_of_gezag_first(line: Line) -> None:
    """A dossier whose birth date is not the recorded one is refused, until gezag is recorded anew."""
    await line.gezag()
    raw = dossier((">2016-06-14<", ">2015-06-14<"))
    before = await line.everything()
    answer = await line.school.post("/uitwisselingen", envelope(raw), key=fresh())
    assert problem(answer) == (400, INVALID, ("leerling.andereGeboortedatum",))
    proef = await line.school.post("/uitwisselingen/_proef", envelope(raw))
    assert proef.content == answer.content
    assert await line.everything() == before
    await line.gezag(geboortedatum="2015-06-14")
    await line.push(raw=raw)


@story()
async def test_bad_facts_change_nothing(line: Line) -> None:
    """Not yet made, about nobody, of a kind nobody can agree to, by somebody who records no gezag."""
    leerling = await line.gezag()
    before = await line.everything()
    ref = {"leerlingId": leerling["leerlingId"]}
    person, later = persons(leerling)[0], {"moment": "2026-11-22T10:06:00Z"}
    given = toestemming(person, **ref)
    never = bereik(categorieen=["contact", "derden", "nummer", "herkomst"])
    stranger = [{"persoonId": NOWHERE, "hoedanigheid": "ouder", "gezag": True}]
    judged = {
        "wilsbekwaam": True,
        "doelen": ["arrangement"],
        "beoordelaar": "een",
        "functie": "twee",
        "motivering": "drie",
    }
    cases: dict[str, tuple[Caller, str, Json, str, str]] = {
        "made tomorrow": (line.school, "/toestemmingen", given | later, "moment.toekomst", "/moment"),
        "judged tomorrow": (
            line.school,
            "/bekwaamheidsoordelen",
            judged | later | ref,
            "moment.toekomst",
            "/moment",
        ),
        "vetoed tomorrow": (
            line.school,
            "/professionele-vetos",
            veto(**ref) | later,
            "moment.toekomst",
            "/moment",
        ),
        "without a time zone": (
            line.school,
            "/toestemmingen",
            given | {"moment": "2026-11-21T10:00:00"},
            "json.tijdstip",
            "/moment",
        ),
        "nobody": (
            line.school,
            "/toestemmingen",
            given | {"persoonId": NOWHERE},
            "persoon.onbekend",
            "/persoonId",
        ),
        "nobody objects": (
            line.school,
            "/bezwaren",
            {"persoonId": NOWHERE, "bereik": bereik(), "moment": "2026-11-22T09:00:00Z"} | ref,
            "persoon.onbekend",
            "/persoonId",
        ),
        "what nobody can release": (
            line.school,
            "/toestemmingen",
            given | {"bereik": never},
            "bereik.nooit",
            "/bereik/categorieen",
        ),
        "ends before it begins": (
            line.school,
            "/toestemmingen",
            given | {"geldigTotEnMet": "2026-11-20"},
            "datum.volgorde",
            "/geldigTotEnMet",
        ),
        "about nobody": (
            line.school,
            "/toestemmingen",
            _without(given, "leerlingId"),
            "leerling.een",
            "",
        ),
        "about two": (line.school, "/toestemmingen", given | {"leveringId": NOWHERE}, "leerling.een", ""),
        "an order without recipients": (
            line.school,
            "/toestemmingen",
            given | {"bereik": bereik(ontvangers=[])},
            "json.lengte",
            "/bereik/ontvangers",
        ),
        "checked tomorrow": (
            line.school,
            "/gezagsgegevens",
            gezag(gecontroleerdOp="2026-11-23"),
            "datum.toekomst",
            "/gecontroleerdOp",
        ),
        "born tomorrow": (
            line.school,
            "/gezagsgegevens",
            gezag(geboortedatum="2026-11-23"),
            "datum.toekomst",
            "/geboortedatum",
        ),
        "a stranger with gezag over somebody new": (
            line.school,
            "/gezagsgegevens",
            gezag(personen=stranger, leerling={"leerlingid": "nieuw"}),
            "persoon.onbekend",
            "/personen/0/persoonId",
        ),
        "no such day": (
            line.school,
            "/gezagsgegevens",
            gezag(geboortedatum="2016-02-30"),
            "json.datum",
            "/geboortedatum",
        ),
    }
    for name, (who, path, body, code, place) in cases.items():
        answer = await who.post(path, body, key=fresh())
        assert problem(answer)[:2] == (400, INVALID), name
        assert (code, place) in [(f["code"], f["plaats"]) for f in answer.json()["fouten"]], name
        assert await line.everything() == before, name


@story("memory")
async def test_today_is_a_day_in_the_netherlands(line: Line) -> None:
    """At half past midnight Dutch time today is no future, though UTC says yesterday."""
    line.clock.move_to(dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC))
    await line.gezag(gecontroleerdOp="2026-11-23")


@story("memory")
async def test_five_minutes_of_clock_difference_are_forgiven(line: Line) -> None:
    """What is stated four minutes ahead of our clock counts at once: a withdrawal is never put off."""
    leerling = await line.gezag()
    ahead = "2026-11-22T10:04:00Z"
    given = [await line.agree(leerling, p, moment=ahead) for p in persons(leerling)]
    pushed = await line.push()
    assert await line.status(pushed) == "klaar"
    await line.withdraw(given[0], moment=ahead)
    assert await line.status(pushed) == "ingetrokken"
    assert (await line.try_take(only(pushed))).status_code == 404


@story("memory")
async def test_a_veto_or_objection_from_a_fast_clock_counts_at_once(line: Line) -> None:
    """It blocks at once, as everything else that blocks does."""
    leerling, pushed, _ = await line.permitted()
    ref, ahead = {"leerlingId": leerling["leerlingId"]}, {"moment": "2026-11-22T10:04:00Z"}
    body = {"persoonId": persons(leerling)[0], "bereik": bereik()} | ref | ahead
    assert (await line.school.post("/bezwaren", body, key=fresh())).status_code == 201
    assert await line.status(pushed) == "geweigerd"
    other = await line.gezag(leerling={"leerlingid": "anders"})
    await line.both_agree(other)
    pushed = await line.push(raw=another("anders"))
    body = veto(leerlingId=other["leerlingId"]) | ahead
    assert (await line.school.post("/professionele-vetos", body, key=fresh())).status_code == 201
    assert await line.status(pushed) == "geweigerd"


@story(max_body=100_000)
async def test_a_body_over_the_bound_is_not_read(line: Line) -> None:
    """By its announced length, or as soon as the count passes: 413, and the rest is never asked for."""
    before = await line.everything()
    large = envelope(b" " * 100_000)
    assert problem(await line.school.post("/uitwisselingen", large, key=fresh()))[:2] == (413, TOO_LARGE)
    asked = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal asked
        while True:
            asked += 1
            yield b" " * 10_000

    answer = await _stream(line, endless())
    assert problem(answer)[:2] == (413, TOO_LARGE)
    assert asked <= 12
    assert await line.everything() == before


async def _stream(line: Line, content: AsyncIterator[bytes]) -> httpx.Response:
    """A request whose body is asked for piece by piece, as a server would."""
    sent: list[Any] = []
    headers = line.school.headers(fresh(), {"Content-Type": "application/json"})
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/v1/uitwisselingen",
        "raw_path": b"/v1/uitwisselingen",
        "query_string": b"",
        "root_path": "",
        "headers": [(n.lower().encode(), v.encode()) for n, v in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
    }

    async def receive() -> Json:
        return {"type": "http.request", "body": await anext(content), "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    await line.app(scope, receive, send)
    start, *rest = sent
    body = b"".join(m.get("body", b"") for m in rest)
    return httpx.Response(start["status"], headers=start["headers"], content=body)


JSON: Final[dict[str, tuple[bytes, tuple[int, str]]]] = {
    "depth bomb": (b'{"oppDeel":' * 50_000, (400, INVALID)),
    "depth bomb of lists": (b"[" * 90_000 + b"]" * 90_000, (400, INVALID)),
    "no JSON": (b"geen json", (400, INVALID)),
    "nothing": (b"", (400, INVALID)),
    "truncated": (json.dumps(envelope()).encode()[:-9], (400, INVALID)),
    "no UTF-8": (b'{"doel": "\xff"}', (400, INVALID)),
    "UTF-16": (json.dumps(envelope()).encode("utf-16"), (400, INVALID)),
    "a BOM": (b"\xef\xbb\xbf" + json.dumps(envelope()).encode(), (400, INVALID)),
    "a list": (b"[]", (400, INVALID)),
    "a field twice": (
        json.dumps(envelope()).encode().replace(b'{"doel"', b'{"doel": "opp", "doel"', 1),
        (400, INVALID),
    ),
    "a huge number": (b'{"doel": 1' + b"0" * 50_000 + b"}", (400, INVALID)),
    "NaN": (b'{"doel": NaN}', (400, INVALID)),
    "a lone surrogate": (b'{"doel": "\\ud800"}', (400, INVALID)),
}


@story("memory")
async def test_bad_json_changes_nothing(line: Line) -> None:
    """Bodies that are no JSON, too deep, or JSON that two readers read differently."""
    before = await line.everything()
    for name, (content, expected) in JSON.items():
        answer = await line.school.post("/uitwisselingen", content=content, key=fresh())
        assert problem(answer)[:2] == expected, name
    for media in ("text/xml", "application/json; charset=latin-1", "application/xml"):
        answer = await line.school.post(
            "/uitwisselingen", envelope(), key=fresh(), headers={"Content-Type": media}
        )
        assert answer.status_code == 415, media
    assert await line.everything() == before


@story("memory")
async def test_an_unusual_but_good_dossier_is_read(line: Line) -> None:
    """A byte order mark, UTF-16 and a key in the envelope are no faults."""
    keyless = dossier((f"<leerlingid>{LEERLING}</leerlingid>", ""))
    utf16 = PLAIN.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    await line.push(raw=b"\xef\xbb\xbf" + PLAIN.encode())
    await line.push(raw=utf16)
    await line.push(raw=keyless, leerling={"leerlingid": LEERLING})
    assert len({e["leerlingRef"] for e in await line.ledger()}) == 1
    assert SCHOOL in {e["afzender"] for e in await line.ledger()}
