"""The canary: a unique mark in every text a person could have written, and a search for each of them.

One long run on SQLite, with every kind of answer and as many errors as there are places to put something.
Then every byte that left or stayed is searched, for the mark itself and for what it looks like in hex,
base64, UTF-16 and as an unsalted hash. A mark may be only where the tables below say so.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import json
import re
import secrets
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import httpx2 as httpx
import pytest
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.wiring import open_for_tools
from schemas.base import Gegevenscategorie
from schemas.messages.opp import OppDeel
from tests.builders import a_bsn
from tests.conftest import ROOT
from tests.flow.test_nummers import BORN as NUMBERED_BORN
from tests.flow.test_nummers import LEERPLICHT, ZESTIEN, melding, state, with_leerplicht
from tests.line import (
    AANBIEDER,
    HELPER,
    SCHOOL,
    Json,
    Line,
    bereik,
    bereik_terug,
    bewijs,
    encoded,
    envelope,
    fine,
    fresh,
    gezag,
    only,
    open_line,
    persons,
    prepare,
    recorded,
    terugkoppeling,
    toestemming,
    veto,
)

NS: Final = "http://www.edustandaard.nl/oso_gegevensset/2019/dossier"
FULL: Final = ROOT / "tests" / "data" / "oso" / "poswv_volledig.xml"
ALL: Final = [c.value for c in Gegevenscategorie if c.niveau > 0]

RELEASED: Final = {
    "xml huidigeschool/naam",
    "xml leerling/voornaam",
    "xml leerling/voorvoegsel",
    "xml leerling/achternaam",
    "xml leerling/roepnaam",
    "xml diagnose/naam",
    "xml handelingsplan/isgerichtop",
    *(f"opp contactpersoon.{f}" for f in ("naam", "functie", "telefoon", "email")),
    *(f"opp perspectief.uitstroombestemming.{f}" for f in ("code", "stelsel", "omschrijving")),
    "opp perspectief.belemmerendeFactoren[0]",
    "opp perspectief.bevorderendeFactoren[0]",
    "opp handelingsdeel.ondersteuningsbehoeften[0]",
    "opp handelingsdeel.doelen[0].omschrijving",
    "opp handelingsdeel.doelen[0].meetpunt",
    "opp handelingsdeel.begeleiding[0].wat",
    "opp handelingsdeel.begeleiding[0].omvang",
}
"""What the profile of an arrangement lets through, when everybody agreed to everything."""
BACK: Final = {f"terug contactpersoon.{f}" for f in ("naam", "telefoon", "email")}
"""What a terugkoppeling may say to an intern begeleider."""
NUMBER: Final = {"the number of the leerling"}
"""To leerplicht by V16, and in the preview of the school that sends it."""
OWN_SOURCE: Final = {
    "xml metadata/pakketnaam",
    "xml metadata/pakketversie",
    "xml inzage/redennietakkoord",
    "xml huidigeschool/aanleverpunt",
}
"""`herkomst` in a preview: what the sender's own document says of itself, to that sender."""

PERMITTED: Final[dict[str, set[str]]] = {
    "preview for the school": RELEASED | OWN_SOURCE | NUMBER,
    "taken by the helper": RELEASED,
    "taken by leerplicht": NUMBER,
    "preview for the helper": BACK,
    "taken by the school": BACK,
}
"""Where a mark may be; a place that is not named here may have none."""
EXPECTED: Final = (
    "preview for the school",
    "taken by the helper",
    "taken by leerplicht",
    "preview for the helper",
    "taken by the school",
)
"""Places that must have all their marks: else the search would be looking for what nobody sent."""


LETTERS: Final = str.maketrans("0123456789", "ghijklmnop")


class Marks:
    """A unique text per place, without anything in it that an escape could change."""

    def __init__(self) -> None:
        self.prefix = "Kn" + secrets.token_hex(4)
        self.by_name: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        while name in self.by_name:
            name += "'"
        self.by_name[name] = f"{self.prefix}x{len(self.by_name):04d}zzzz"
        return self.by_name[name]

    def add(self, name: str, text: str) -> str:
        """A text of another form, such as a number."""
        self.by_name[name] = text
        return text


def looks(mark: str) -> Iterator[bytes]:
    """The mark and how it looks when somebody thinks it is hidden."""
    raw = mark.encode()
    yield from (raw, raw.lower(), raw.upper(), mark.encode("utf-16-le"))
    yield from (raw.hex().encode(), raw.hex().upper().encode())
    for shift in range(3):  # base64 has three phases; the ends depend on the neighbours
        text = base64.b64encode(b"\0" * shift + raw)
        yield text[shift + 1 if shift else 0 : -4]
    digest = hashlib.sha256(raw)
    yield from (digest.digest(), digest.hexdigest().encode(), base64.b64encode(digest.digest())[:-3])


def found(marks: Marks, places: dict[str, list[bytes]]) -> dict[str, set[str]]:
    """Names of the marks found per place."""
    out: dict[str, set[str]] = {}
    hidden = [(name, tuple(looks(mark))) for name, mark in marks.by_name.items()]
    for place, pieces in places.items():
        text = b"\n".join(dict.fromkeys(pieces))
        out[place] = {name for name, looking in hidden if any(look in text for look in looking)}
    return out


def leaks(seen: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is found where no table permits it."""
    wrong = {place: names - PERMITTED.get(place, set()) for place, names in seen.items()}
    return {place: names for place, names in wrong.items() if names}


# ── what is sent


def marked_dossier(marks: Marks) -> bytes:
    """Every element POSWV allows, with a mark wherever free text is; attachments marked inside."""
    ET.register_namespace("", NS)
    root = ET.fromstring(FULL.read_text("utf-8"))
    for parent in root.iter():
        for child in parent:
            name = f"{_tag(parent)}/{_tag(child)}"
            free = child.text is not None and child.text.startswith("fictief")
            if free or _tag(child) == "postcode":
                child.text = marks(f"xml {name}")
            elif _tag(child) == "bestandsinhoud":
                child.text = _zip(marks(f"xml {name} naam"), marks(f"xml {name} inhoud"))
            for attribute in child.attrib:
                child.set(attribute, marks(f"xml {name}@{attribute}"))
    raw: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    inside = f"<?{marks('xml instruction')} {marks('xml instruction text')}?></dossier>"
    return raw.replace(b"</dossier>", inside.encode()) + f"<!-- {marks('xml comment')} -->".encode()


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _zip(name: str, content: str) -> str:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(f"{name}.txt", content)
    return base64.b64encode(out.getvalue()).decode()


OPP: Final[Json] = {
    "contactpersoon": {"naam": "", "functie": "", "telefoon": "", "email": ""},
    "perspectief": {
        "vaststelling": {"status": "vastgesteld", "personen": [""]},
        "uitstroombestemming": {"code": "", "stelsel": "", "omschrijving": ""},
        "soortWerk": {"code": "", "stelsel": "", "omschrijving": ""},
        "onderbouwing": "",
        "belemmerendeFactoren": [""],
        "bevorderendeFactoren": [""],
        "oogo": {"datum": "2026-09-01", "deelnemers": [""], "uitkomst": ""},
    },
    "handelingsdeel": {
        "vaststelling": {"status": "vastgesteld", "personen": [""]},
        "ondersteuningsbehoeften": [""],
        "doelen": [{"leefgebied": "school", "omschrijving": "", "meetpunt": ""}],
        "begeleiding": [{"wat": "", "wie": "", "organisatie": "", "omvang": ""}],
        "afwijkingenOnderwijsprogramma": "",
        "praktijkvorming": "",
        "instemming": {"status": "gegeven", "personen": [""], "wijze": ""},
    },
    "leerlingStem": [
        {"gehoordDoor": "", "vorm": "", "eigenWoorden": "", "vervolg": ""},
        {"nietGehoordReden": ""},
    ],
    "evaluaties": [{"datum": "2026-10-01", "deelnemers": [""], "perDoel": [{"oordeel": ""}], "besluit": ""}],
    "externen": [{"organisatie": "", "rol": "", "contactpersoon": ""}],
}
"""Every text field of the school's own part; the marks come where the empty texts are."""


def filled(marks: Marks, kind: str, data: Any, path: str = "") -> Any:
    if isinstance(data, dict):
        return {n: filled(marks, kind, v, f"{path}.{n}" if path else n) for n, v in data.items()}
    if isinstance(data, list):
        return [filled(marks, kind, v, f"{path}[{i}]") for i, v in enumerate(data)]
    return marks(f"{kind} {path}") if data == "" else data


def test_no_text_of_the_schools_part_is_forgotten() -> None:
    """A text field that is added to the school's part needs a mark too."""

    def texts(schema: Json, defs: Json, path: str = "") -> Iterator[str]:
        options = [schema, *schema.get("anyOf", ())]
        for option in options:
            here = defs[option["$ref"].rpartition("/")[2]] if "$ref" in option else option
            for name, sub in here.get("properties", {}).items():
                yield from texts(sub, defs, f"{path}.{name}" if path else name)
            if "items" in here:
                yield from texts(here["items"], defs, f"{path}[0]")
            if here.get("type") == "string" and not {"enum", "const", "format", "pattern"} & here.keys():
                yield path

    marks = Marks()
    filled(marks, "opp", OPP)
    schema = OppDeel.model_json_schema(by_alias=True)
    marked = {re.sub(r"\[\d+\]", "[0]", name) for name in marks.by_name}
    assert {f"opp {p}" for p in texts(schema, schema["$defs"])} == marked


# ── the run


async def run(line: Line, marks: Marks) -> None:
    raw = marked_dossier(marks)
    opp = filled(marks, "opp", OPP)
    sent = envelope(raw, categorieen=[*ALL, "derden"], oppDeel=opp)
    school, helper = line.school, line.helper
    own = {"X-Correlatie-Id": marks("header x-correlatie-id")}
    key = marks("key of a push")
    held = fine(await school.post("/uitwisselingen", sent, key=key, headers=own), 202)
    assert await line.status(held) == "aangehouden"
    leerling = await _gezag(line, marks)
    everybody = [*persons(leerling), leerling["leerlingPersoonId"]]
    given = [await _agree(line, marks, leerling, p, bereik(categorieen=ALL)) for p in everybody]
    fine(await school.post("/uitwisselingen/_proef", sent))
    assert await line.status(held) == "klaar"
    payload = await line.take(only(held))
    await line.sign_for(only(held), payload)
    fine(await helper.post(f"/leveringen/{only(held)}/_verwerkt"))
    await _answer(line, marks, leerling, only(held))
    await _begins(line, marks)
    await _numbered(line, marks)
    await _ends(line, marks, sent, leerling, given)
    await _errors(line, marks, sent, raw, only(held), leerling)
    await _reads(line, held)


async def _gezag(line: Line, marks: Marks) -> Json:
    ouder = {"hoedanigheid": "ouder", "gezag": True}
    first = await line.gezag(leerling={"leerlingid": marks.by_name["xml leerling/leerlingid"]})
    one, other = persons(first)
    order = {
        "vervangt": other,
        "functies": ["avg_basis"],
        "bereik": bereik(),
        "geldigVanaf": "2026-09-01",
        "geldigTotEnMet": "2027-07-31",
        "documentRef": marks("gezag vervangende toestemming documentRef"),
    }
    return await line.gezag(
        leerling={"leerlingid": marks.by_name["xml leerling/leerlingid"]},
        personen=[
            ouder | {"persoonId": one, "naam": marks("gezag naam")},
            ouder | {"persoonId": other, "naam": marks("gezag naam 2")},
        ],
        gecontroleerdDoor=marks("gezag gecontroleerdDoor"),
        documentRef=marks("gezag documentRef"),
        vervangendeToestemmingen=[order],
    )


async def _agree(line: Line, marks: Marks, leerling: Json, persoon: str, over: Json, **other: Any) -> Json:
    texts = {n: marks(f"bewijs {n}") for n in ("kennisgevingRef", "taal", "vastlegger", "vrijwillig")}
    return await line.agree(leerling, persoon, bereik=over, bewijs=bewijs(**texts), **other)


async def _answer(line: Line, marks: Marks, leerling: Json, levering: str) -> None:
    """A terugkoppeling, shown first, taken and signed for by the school."""
    over = bereik_terug()
    for functie in ("avg_basis", "secrecy_waiver"):
        for p in persons(leerling):
            await _agree(line, marks, leerling, p, over, functie=functie)
    body = terugkoppeling(levering)
    body["terugkoppeling"] = {
        "status": "gestart",
        # Fields with a form of their own, and so marks of that form: letters, digits, an address.
        "contactpersoon": {
            "naam": marks.add("terug contactpersoon.naam", "Kn" + marks.prefix.translate(LETTERS) + "zzzz"),
            "telefoon": marks.add("terug contactpersoon.telefoon", f"0{secrets.randbelow(10**14):014}"),
            "email": marks.add("terug contactpersoon.email", f"{marks.prefix}@zzzz.example"),
        },
        "verwijzing": marks("terug verwijzing"),
    }
    fine(await line.helper.post("/uitwisselingen/_proef", body))
    answer = fine(await line.helper.post("/uitwisselingen", body, key=fresh()), 202)
    payload = await line.take(only(answer), line.school)
    await line.sign_for(only(answer), payload, line.school)


async def _begins(line: Line, marks: Marks) -> None:
    """The aanbieder begins about somebody of its own, whom nobody lets it tell of; and gets it wrong once."""
    key = {"leerlingid": marks("begin leerlingid")}
    ouder = {"hoedanigheid": "ouder", "gezag": True, "naam": marks("begin gezag naam")}
    own = gezag(
        leerling=key,
        soort="eenhoofdig",
        personen=[ouder],
        gecontroleerdDoor=marks("begin gezag gecontroleerdDoor"),
    )
    recorded(await line.helper.post("/gezagsgegevens", own, key=fresh()))
    fine(await line.helper.post("/leerlingen/_zoek", key))
    body = terugkoppeling("0" * 32, leerling=key)
    body["terugkoppeling"] = {"status": "gestart", "verwijzing": marks("begin verwijzing")}
    both = await line.helper.post("/uitwisselingen", body, key=fresh())
    assert both.status_code == 400
    del body["inAntwoordOp"]
    fine(await line.helper.post("/uitwisselingen/_proef", body))
    pushed = fine(await line.helper.post("/uitwisselingen", body, key=fresh()), 202)
    assert await line.status(pushed, line.helper) == "aangehouden"


async def _numbered(line: Line, marks: Marks) -> None:
    """The number goes to leerplicht by the law; to jeugdhulp and where a rule still waits it does not."""
    await with_leerplicht(line)
    number = marks.add(min(NUMBER), a_bsn(8_765))
    key = {"leerlingid": marks("numbered leerlingid")}
    leerling = await line.gezag(leerling=key, geboortedatum=NUMBERED_BORN)
    body = melding(nummer={"bsn": number}, leerling=key, ontvangers=[LEERPLICHT, HELPER])
    fine(await line.school.post("/uitwisselingen/_proef", body))
    held = fine(await line.school.post("/uitwisselingen", body, key=fresh()), 202)
    await state(line, leerling, LEERPLICHT, **ZESTIEN)
    fine(await line.school.post("/uitwisselingen/_proef", body))
    (his,) = [v["id"] for v in await line.leveringen(held) if v["ontvanger"] == LEERPLICHT["partij"]]
    await line.take(his, line.other_helper)


async def _ends(line: Line, marks: Marks, sent: Json, leerling: Json, given: list[Json]) -> None:
    """Refused by the recipient, failed, replayed, vetoed, objected to, judged, withdrawn, lapsed."""
    ref = {"leerlingId": leerling["leerlingId"]}
    moment = {"moment": "2026-11-22T09:00:00Z"}
    for grond in ("niet_voor_ons", "onleesbaar"):
        pushed = fine(await line.school.post("/uitwisselingen", sent, key=fresh()), 202)
        await line.take(only(pushed))
        fine(await line.refuse(only(pushed), grond))
    path = f"/uitwisselingen/{pushed['uitwisselingId']}/leveringen/{only(pushed)}/_herhaal"
    fine(await line.school.post(path))
    await line.sign_for(only(pushed), await line.take(only(pushed)))
    texts = {"professional": marks("veto professional"), "motivering": marks("veto motivering")}
    body = veto(leveringId=only(pushed), richting="J2S", **texts)
    recorded(await line.helper.post("/professionele-vetos", body, key=fresh()))
    capacity = {
        "wilsbekwaam": True,
        "doelen": ["arrangement"],
        "beoordelaar": marks("bekwaamheid beoordelaar"),
        "functie": marks("bekwaamheid functie"),
        "motivering": marks("bekwaamheid motivering"),
    }
    recorded(await line.school.post("/bekwaamheidsoordelen", capacity | moment | ref, key=fresh()))
    waiting = fine(await line.school.post("/uitwisselingen", sent, key=fresh()), 202)
    texts = {"vrijwillig": marks("intrekking vrijwillig"), "vastlegger": marks("intrekking vastlegger")}
    await line.withdraw(given[0], bewijs=bewijs(**texts))
    assert await line.status(waiting) == "ingetrokken"
    objection = {
        "persoonId": persons(leerling)[1],
        "bereik": bereik(),
        "toelichting": marks("bezwaar toelichting"),
    }
    recorded(await line.school.post("/bezwaren", objection | moment | ref, key=fresh()))
    denied = fine(await line.school.post("/uitwisselingen", sent, key=fresh()), 202)
    assert await line.status(denied) == "geweigerd"


class Provoker:
    """Posts what must be refused, and keeps the answers."""

    def __init__(self, line: Line, sent: Json) -> None:
        self.line, self.sent = line, sent
        self.answers: list[httpx.Response] = []

    async def post(self, body: object = None, path: str = "/uitwisselingen", **how: Any) -> None:
        how = {"key": fresh()} | how
        self.answers.append(await self.line.school.post(path, body, **how))

    async def push(self, document: bytes | str) -> None:
        document = document.encode() if isinstance(document, str) else document
        await self.post(self.sent | {"dossier": encoded(document)})
        await self.post(self.sent | {"dossier": encoded(document)}, "/uitwisselingen/_proef")


async def _errors(line: Line, marks: Marks, sent: Json, raw: bytes, taken: str, leerling: Json) -> None:
    """Something marked in every place an input goes, each of them refused."""
    before = await line.everything()
    provoker = Provoker(line, sent)
    await _wrong_documents(provoker, marks, raw)
    await _wrong_bodies(provoker, marks, taken, leerling)
    await _wrong_requests(provoker, marks)
    for i, answer in enumerate(provoker.answers):
        assert answer.status_code in (400, 401, 404, 405, 409, 413, 415, 422), (i, answer.status_code)
    assert await line.everything() == before


async def _wrong_documents(provoker: Provoker, marks: Marks, raw: bytes) -> None:
    push = provoker.push
    xml = raw.decode()
    bsn = marks.add("bsn", a_bsn(4_321))
    wrong_bsn = marks.add("no bsn", str(int(bsn) + 1))
    for number in (bsn, wrong_bsn):
        for tag in ("bsn", "onderwijsnummer"):
            await push(xml.replace("<geboortedatum>", f"<{tag}>{number}</{tag}><geboortedatum>", 1))
            await provoker.post(
                provoker.sent | {"leerling": {"leerlingid": number}, "dossier": encoded(b"<a/>")}
            )
    for tag in ("geboortedatum", "geslacht", "overstap", "standaardversie", "akkoord", "geheim"):
        start, _, rest = xml.partition(f"<{tag}>")
        await push(start + f"<{tag}>{marks(f'wrong {tag}')}</{tag}>" + rest.partition(f"</{tag}>")[2])
    name = marks("element name")
    await push(xml.replace("<inzage>", f"<{name}>1</{name}><inzage>", 1))
    await push(xml.replace("<inzage>", f'<inzage {marks("attribute name")}="{marks("attribute value")}">', 1))
    await push(f'<!DOCTYPE {marks("doctype")} [<!ENTITY e "{marks("entity")}">]><a>&e;</a>')
    await push(f'<!DOCTYPE a SYSTEM "file:///{marks("external dtd")}"><a/>')
    await push(f'<?xml version="1.0" encoding="{marks("encoding")}"?><a/>')
    await push(f"<{marks('root')} xmlns='{marks('namespace')}'/>")
    await push(f"<a><{marks('not closed')}></a>")
    await push(marks("no xml at all"))


async def _wrong_bodies(provoker: Provoker, marks: Marks, taken: str, leerling: Json) -> None:
    post, sent = provoker.post, provoker.sent
    await post(sent | {"dossier": {"standaard": marks("standaard"), "inhoud": "AA=="}})
    await post(sent | {"dossier": {"standaard": "oso", "inhoud": marks("no base64") + "!"}})
    await post(sent | {marks("json key"): marks("json value")})
    await post(sent | {"oppDeel": {marks("nested key"): {marks("deeper key"): 1}}})
    await post(
        sent | {"doel": marks("doel"), "categorieen": [marks("categorie")], "ontvangers": marks("list")}
    )
    await post(sent | {"ontvangers": [HELPER | {"partij": f"agb:{marks('partij')}"}]})
    await post(sent | {"ontvangers": [HELPER | {"rol": marks("rol")}]})
    await post(sent | {"inAntwoordOp": marks("inAntwoordOp")})
    await post(content=json.dumps(sent).encode() + marks("after the end").encode())
    await post(content=f'{{"doel": "{marks("unclosed")}'.encode())
    await post(content=f'{{"{marks("twice")}": 1, "{marks.by_name["twice"]}": 2}}'.encode())
    await post(content=b'{"doel": "' + marks("no utf-8").encode() + b'\xff"}')
    await post(sent, headers={"Content-Type": marks("content type")})
    await post(sent, headers={"Content-Encoding": marks("content encoding")})
    await post(sent, key=marks("wrong key") + "\t")
    await post(sent | {"allesOfNiets": True}, key=marks.by_name["key of a push"])
    await post(sent, headers={"Authorization": f"Bearer {marks('token')}"})
    await post(sent, headers={"Authorization": f"{marks('scheme')} x"})
    person = persons(leerling)[0]
    for path, body in (
        ("/gezagsgegevens", {"gecontroleerdDoor": {"a": marks("gezag wrong")}}),
        ("/toestemmingen", toestemming(marks("ondertekenaar"), leerlingId="0" * 32)),
        ("/toestemmingen", toestemming(person, leerlingId=marks("leerlingId"))),
        ("/toestemmingen", toestemming(person, leerlingId="0" * 32, bewijs={"taal": [marks("taal")]})),
        ("/professionele-vetos", veto(leveringId="0" * 32, motivering=marks("veto of nothing"))),
        ("/bezwaren", {"toelichting": marks("bezwaar wrong"), "moment": marks("moment")}),
        ("/bekwaamheidsoordelen", {"motivering": marks("bekwaamheid wrong")}),
        (f"/toestemmingen/{marks('path of intrekking')}/intrekkingen", {"moment": "2026-11-22T09:00:00Z"}),
        (f"/leveringen/{taken}/leveringsbewijzen", {"jws": marks("jws") + "." * 20}),
        (f"/leveringen/{taken}/_weiger", {"grond": marks("grond")}),
        ("/leerlingen/_zoek", {"leerlingid": marks("leerlingid to search")}),
        ("/leerlingen/_zoek", {"leerlingid": "x", "naam": marks("name to search")}),
        (f"/leveringen/{marks('path of take')}/_neem", None),
    ):
        await post(body, path=path)


async def _wrong_requests(provoker: Provoker, marks: Marks) -> None:
    line, answers = provoker.line, provoker.answers
    school = line.school
    for path in (
        f"/{marks('path')}",
        f"/leveringen/{marks('path of levering')}",
        f"/uitwisselingen/{marks('path of uitwisseling')}/bewijs",
        f"/postbus?na={marks('query value')}",
        f"/postbus/{marks('query name')}?{marks.by_name['query name']}=1",
    ):
        answers.append(await school.get(path))
        answers.append(await line.helper.get(path))
    odd = {marks("header name"): marks("header value"), "traceparent": marks("traceparent")}
    answers.append(await school.get("/uitwisselingen/x", headers=odd | {"User-Agent": marks("user agent")}))
    answers.append(await line.http.request(marks("METHOD").upper(), "/v1/postbus"))
    form = {
        n: marks(f"token {n}") for n in ("grant_type", "client_assertion_type", "client_assertion", "scope")
    }
    answers.append(await line.http.post("/v1/token", data=form))
    answers.append(
        await line.http.post(f"/v1/token?{marks('token query')}=1", data={marks("token name"): "1"})
    )


async def _reads(line: Line, pushed: Json) -> None:
    """Everything that can be read, by everybody."""
    await line.context.checkpointer.publish()
    here = f"/uitwisselingen/{pushed['uitwisselingId']}"
    for caller in line.callers.values():
        for path in (
            "/uitwisselingen",
            here,
            f"{here}/leveringen",
            f"{here}/leveringen/{only(pushed)}",
            f"{here}/leveringen/{only(pushed)}/uitleg",
            f"{here}/bewijs",
            "/postbus",
            "/taken",
            f"/leveringen/{only(pushed)}",
            "/ledger/checkpoint",
            "/openapi.json",
            "/gereedheid",
            "/gezondheid",
        ):
            await caller.get(path)
    counters = await line.http.get("/metrics", headers=line.school.headers(None, None))
    assert counters.status_code == 200
    line.later(days=31)
    await line.sweep()
    await line.context.rounds.daily()


# ── the search


def answered(line: Line) -> dict[str, list[bytes]]:
    """Bodies and headers of all answers, by what they are."""
    named = {"the school": line.school, "the helper": line.helper, "leerplicht": line.other_helper}
    who = {f"Bearer {c.token}": n for n, c in named.items()}
    places: dict[str, list[bytes]] = {"bodies": [], "headers": []}
    for answer in line.answers:
        caller = who.get(answer.request.headers.get("authorization", ""), "stranger")
        place = "bodies"
        if answer.status_code == 200 and answer.url.path.endswith("/_proef"):
            place = f"preview for {caller}"
        elif answer.status_code == 200 and answer.url.path.endswith("/_neem"):
            place = f"taken by {caller}"
        elif answer.url.path == "/metrics":
            place = "metrics"
        places.setdefault(place, []).append(answer.content)
        places["headers"] += [name + b": " + value for name, value in answer.headers.raw]
    return places


def files(folder: Path, when: str) -> dict[str, list[bytes]]:
    """Every file of the gateway: database, write-ahead log, anchor, keys."""
    return {
        f"{path.relative_to(folder)} {when}": [path.read_bytes()]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def explanations(folder: Path) -> list[bytes]:
    """What `ozlijn explain` prints of every levering there is, for every reader."""

    async def ids() -> list[str]:
        storage = open_for_tools(folder / "ozlijn.db")
        try:
            sent = [
                u.id for p in (SCHOOL, AANBIEDER) for _, u in await storage.uitwisselingen(p, None, 1_000)
            ]
        finally:
            await storage.close()
        return sent

    shown = []
    for ident in asyncio.run(ids()):
        for more in ([], ["--voor", "ouder"], ["--voor", "fg"], ["--voor", "fg", "--json"]):
            done = CliRunner().invoke(app, ["explain", ident, "--database", str(folder / "ozlijn.db"), *more])
            assert done.exit_code == 0, done.output
            shown.append(done.stdout_bytes)
    assert len(shown) > 10
    return shown


def test_no_mark_is_where_it_may_not_be(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """After a whole run each mark is only in the places of PERMITTED, and there where it must be."""
    prepare("sqlite", tmp_path)
    marks = Marks()

    async def scene() -> dict[str, list[bytes]]:
        async with open_line("sqlite", tmp_path) as line:
            await run(line, marks)
            entries = await line.world.storage.entries(0, 100_000)
            places = answered(line) | files(tmp_path, "while it runs")
            places["ledger"] = [e.canonical for e in entries]
        places["log"] = [line.log.getvalue()]
        return places

    places = asyncio.run(scene()) | files(tmp_path, "after it stopped")
    out, err = capfd.readouterr()
    places["console"] = [out.encode(), err.encode(), caplog.text.encode()]
    places["explain"] = explanations(tmp_path)
    assert any("-wal" in place for place in places)
    assert any("anker" in place for place in places)
    assert len(marks.by_name) > 250
    seen = found(marks, places)
    assert leaks(seen) == {}
    for place in EXPECTED:
        assert PERMITTED[place] - seen[place] == set(), place


@pytest.mark.parametrize("how", range(len(list(looks("x" * 19)))))
def test_the_search_finds_a_mark_however_it_looks(how: int) -> None:
    """Written into a log in any of the looks, a mark is reported, at its place and by its name."""
    marks = Marks()
    marks("one")
    mark = marks("two")
    line = b'{"event": "' + list(looks(mark))[how] + b'"}'
    assert leaks(found(marks, {"log": [b"fine", line], "ledger": [b"fine"]})) == {"log": {"two"}}


def test_a_leaking_log_is_caught(tmp_path: Path) -> None:
    """The same run, with a log that writes down what it is told about: the search names every mark in it."""
    marks = Marks()

    async def scene() -> dict[str, list[bytes]]:
        async with open_line("memory", tmp_path) as line:
            raw = marked_dossier(marks)
            await line.push(raw=raw)
            for answer in list(line.answers):
                line.log.write(answer.request.content)
            return {"log": [line.log.getvalue()]}

    caught = leaks(found(marks, asyncio.run(scene())))
    # The dossier travels as base64 in the body, and what is in a ZIP as base64 inside base64.
    inner = {n for n in marks.by_name if "bestandsinhoud" in n}
    assert caught["log"] == marks.by_name.keys() - inner
