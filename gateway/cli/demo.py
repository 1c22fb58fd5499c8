"""`ozlijn demo`: the whole line on this computer, over real HTTP, with invented people and organisations.

The story is told by `Story`: each step calls the gateway as a school's or aanbieder's own system would and
keeps what came back. gateway/cli/demo_tonen.py shows it to a person; `--json` prints the same as data.
"""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import json
import secrets
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
import orjson
from rich.console import Console

from consent.leeftijd import AMSTERDAM, age
from consent.recht_nu import HUIDIG
from gateway.cli.demo_mensen import let_in
from gateway.cli.proeflijn import Proeflijn, System, running
from gateway.identity.proefuitgever import MENSEN
from gateway.runtime.lezen import read_at_most
from gateway.runtime.settings import Settings
from gateway.wiring import (
    MovableClock,
    Note,
    check_bewijs,
    hold_writes,
    translate_oso,
    verify_ledger,
    voorbeelddossier,
)
from schemas.errors import GatewayError, RecordUnavailable, WrongUse
from schemas.people.partij import Partij, Partijsoort, Postbus, Rol, Scope
from schemas.storage.storage import Register

AANBIEDER: Final = "agb:99999901"
FG: Final = "oin:00000099000000000001"
LOG_NAME: Final = "ozlijn.demo/verantwoording"
SANDBOX: Final = f"proef.{LOG_NAME}"
"""With --serve it is a sandbox: people sign in there as whom they want."""
MAX_DOSSIER: Final = 10_000_000
LAST_DAY: Final = dt.date(2200, 1, 1)
"""Leaves room for terms that are counted from the chosen day."""
ADDRESSES: Final = ("/v1/openapi.json", "/v1/gezondheid", "/v1/gereedheid")

OTHER: Final = "LL-2013-0013"
"""The leerling of the family that signs in."""

CATEGORIEEN: Final = ("contact", "onderwijspositie", "doelen", "factoren", "verzuim", "gezondheid")
AGREED: Final = ("contact", "onderwijspositie", "doelen", "factoren")
ECHT: Final = (*CATEGORIEEN, "besluiten", "leerresultaten")

OPP_DEEL: Final = {
    "contactpersoon": {
        "naam": "Iris Verzonnen",
        "functie": "intern begeleider",
        "email": "iris@voorbeeld.nl",
    },
    "perspectief": {
        "uitstroombestemming": {"code": "VMBO_GL/TL", "stelsel": "duo-rod", "omschrijving": "vmbo-gl/tl"},
        "belemmerendeFactoren": ["Raakt de draad kwijt als de dag anders loopt dan verwacht."],
        "bevorderendeFactoren": ["Leert snel van voorbeelden en werkt graag samen."],
    },
    "handelingsdeel": {
        "doelen": [
            {
                "leefgebied": "school",
                "omschrijving": "Een hele ochtend in de groep mee kunnen doen.",
                "meetpunt": "Vier van de vijf ochtenden.",
                "streefdatum": "2027-03-01",
                "status": "open",
            }
        ]
    },
}


@dataclass(slots=True)
class Line:
    """A running gateway with its fictional partijen."""

    gateway: Proeflijn
    school: System
    aanbieder: System
    fg: System

    @property
    def settings(self) -> Settings:
        return self.gateway.settings

    @property
    def vkey(self) -> str:
        return self.gateway.vkey

    @property
    def clock(self) -> MovableClock:
        return self.gateway.clock

    def call(
        self, who: System | None, method: str, path: str, body: Any = None, key: str | None = None
    ) -> httpx2.Response:
        return self.gateway.call(who, method, path, body, key)

    def post(self, who: System, path: str, body: Any) -> dict[str, Any]:
        return self.gateway.post(who, path, body)

    def get(self, who: System, path: str) -> dict[str, Any]:
        return self.gateway.get(who, path)

    def expect(self, answer: httpx2.Response) -> dict[str, Any]:
        return self.gateway.expect(answer)


@contextlib.contextmanager
def running_line(
    brin: str, vestigingscode: str, today: dt.date | None, *, sandbox: bool = False
) -> Iterator[Line]:
    """A gateway on SQLite in a temporary folder, which is removed afterwards."""
    school = System.fresh("las-vlieger", f"brin:{brin}{vestigingscode}")
    aanbieder, fg = System.fresh("ecd-de-brug", AANBIEDER), System.fresh("fg-werkplek", FG)
    register = _register(school, aanbieder, fg, brin, vestigingscode)
    name = SANDBOX if sandbox else LOG_NAME
    with running((school, aanbieder, fg), register, name, today, sandbox=sandbox) as gateway:
        yield Line(gateway, school, aanbieder, fg)


def _register(school: System, aanbieder: System, fg: System, brin: str, vestigingscode: str) -> Register:
    sending = (Scope.VERZENDEN, Scope.LEZEN, Scope.POSTBUS)
    postbus = Postbus(soort="postbus")
    partijen = (
        Partij(
            id=school.partij,
            soort=Partijsoort.SCHOOL,
            naam="Basisschool De Verzonnen Vlieger",
            brin=brin,
            vestigingscode=vestigingscode,
            clients=(school.as_client(*sending, Scope.TOESTEMMING, Scope.BEHEER),),
            aflevering=postbus,
            rollen=(Rol.INTERN_BEGELEIDER,),
        ),
        Partij(
            id=aanbieder.partij,
            soort=Partijsoort.JEUGDHULPAANBIEDER,
            naam="Jeugdhulp De Bedachte Brug",
            agb="99999901",
            clients=(aanbieder.as_client(*sending, Scope.VETO),),
            aflevering=postbus,
            rollen=(Rol.JEUGDHULPVERLENER,),
        ),
        Partij(
            id=fg.partij,
            soort=Partijsoort.FG,
            naam="FG van De Verzonnen Vlieger",
            oin="00000099000000000001",
            clients=(fg.as_client(Scope.LEDGER),),
            toezicht_op=(school.partij, aanbieder.partij),
        ),
    )
    return Register(0, {p.id: p.model_dump_json(exclude_defaults=True) for p in partijen}, {})


@dataclass(slots=True)
class Story:
    """The steps of the demo as data, with every outcome by its code."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    kept: bool = True
    """Whether every answer was the one promised."""

    def tell(self, step: str, title: str, **what: Any) -> dict[str, Any]:
        told = {"stap": step, "titel": title, **what}
        self.steps.append(told)
        return told


def run_demo(
    dossier: Path | None, today: dt.date | None, *, as_json: bool, keep: bool, console: Console
) -> None:
    """Tell the story of our own dossier, or show what a real one would do.

    Raises WrongUse, InvalidMessage, and GatewayError when an answer was not the one promised.
    """
    from gateway.cli.demo_tonen import show  # noqa: PLC0415 - rich's heavier parts only when needed

    raw = voorbeelddossier() if dossier is None else _read(dossier)
    vertaling = translate_oso(raw)
    born = vertaling.bericht.leerling.geboortedatum
    day = today or dt.datetime.now(AMSTERDAM).date()
    if day < born:
        raise WrongUse("op deze datum was de leerling nog niet geboren")
    if day >= LAST_DAY:
        raise WrongUse(f"kies een datum voor {LAST_DAY.year}")
    key = vertaling.leerling
    waiting = (
        contextlib.nullcontext()
        if as_json
        else console.status("De gateway start in een tijdelijke map en doorloopt de lijn …")
    )
    with _stopped_by_sigterm(), running_line(key.brin, key.vestigingscode, today, sandbox=keep) as line:
        story = Story()
        with waiting:
            if dossier is None:
                _whole_story(line, story, raw, key.leerlingid or "", born, day)
            else:
                _real_dossier(line, story, raw, key.leerlingid or "LN-DEMO", born, day, _lawful(vertaling))
        data: dict[str, Any] = {"datum": day.isoformat(), "sleutel": line.vkey, "stappen": story.steps}
        if keep:
            if dossier is None:
                _left_to_do(line, story, raw, day)
                _family(line, raw, key.leerlingid or "", born, day)
            data["gateway"] = _reachable(line)
        if as_json:
            print_bytes(orjson.dumps(data, option=orjson.OPT_INDENT_2))
        else:
            show(data, console, own=dossier is None)
        if not story.kept:
            raise GatewayError("een van de antwoorden was niet wat beloofd is; zie de samenvatting")
        if keep:
            with contextlib.suppress(KeyboardInterrupt):
                while True:
                    time.sleep(3_600)


@contextlib.contextmanager
def _stopped_by_sigterm() -> Iterator[None]:
    """SIGTERM as Ctrl-C: the temporary folder is removed then too."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def print_bytes(data: bytes) -> None:
    import sys  # noqa: PLC0415

    sys.stdout.buffer.write(data + b"\n")
    sys.stdout.flush()


def _read(path: Path) -> bytes:
    return read_at_most(path, MAX_DOSSIER)


def _reachable(line: Line) -> dict[str, Any]:
    """Where the gateway is and how to talk to it. Showing the tokens is safe: they are short-lived and of
    invented systems.
    """
    return {
        "adres": line.settings.issuer,
        "mensen": {p.sub: f"{p.naam}, {p.wie}" for p in MENSEN},
        "adressen": [line.settings.issuer + path for path in ADDRESSES],
        "tokens": {system.client_id: system.token for system in (line.school, line.aanbieder, line.fg)},
    }


def _left_to_do(line: Line, story: Story, raw: bytes, day: dt.date) -> None:
    """After the story: what the invented people find when they sign in.

    The second ouder agrees once more, and what the school sends then waits for the aanbieder.
    """
    recorded = story.steps[0]
    gezag = {"leerlingId": recorded["leerlingId"], "personen": recorded["gezag"]}
    _toestemming(line, gezag, gezag["personen"][1]["persoonId"], day, "S2J", "avg_basis", AGREED)
    push = _push(raw, CATEGORIEEN) | {"oppDeel": OPP_DEEL, "vrijeTekstNagekeken": True}
    line.post(line.school, "/v1/uitwisselingen", push)


def _family(line: Line, raw: bytes, leerlingid: str, born: dt.date, day: dt.date) -> None:
    """A leerling of thirteen with two ouders with gezag, who are asked what the school wants to share; and an
    ouder without gezag, who is not.
    """
    birthday = (
        dt.date(day.year - 14, 12, 31) if day < dt.date(day.year, 12, 31) else dt.date(day.year - 13, 1, 1)
    )
    theirs = raw.replace(leerlingid.encode(), OTHER.encode()).replace(
        born.isoformat().encode(), birthday.isoformat().encode()
    )
    gezag = line.post(
        line.school,
        "/v1/gezagsgegevens",
        {
            "leerling": {"leerlingid": OTHER},
            "geboortedatum": birthday.isoformat(),
            "soort": "gezamenlijk",
            "personen": [{"hoedanigheid": "ouder", "gezag": g} for g in (True, True, False)],
            "bron": "gezagsregister",
            "gecontroleerdOp": day.isoformat(),
            "gecontroleerdDoor": "administratie (verzonnen)",
        },
    )
    push = _push(theirs, CATEGORIEEN) | {"oppDeel": OPP_DEEL, "vrijeTekstNagekeken": True}
    line.post(line.school, "/v1/uitwisselingen", push)
    one, other, _ = (p["persoonId"] for p in gezag["personen"])
    people = {"ouder": one, "ouder2": other, "leerling": gezag["leerlingPersoonId"]}
    let_in(line.settings.issuer, gezag["leerlingId"], OTHER, people)


# ── our own dossier: all five answers ───────────────────────────────────────────────────────────────


def _whole_story(line: Line, story: Story, raw: bytes, leerlingid: str, born: dt.date, day: dt.date) -> None:
    push = _push(raw, CATEGORIEEN) | {"oppDeel": OPP_DEEL, "vrijeTekstNagekeken": True}
    gezag = _gezag(line, leerlingid, born, day, 2)
    ouder_1, ouder_2 = (p["persoonId"] for p in gezag["personen"])
    first = _toestemming(line, gezag, ouder_1, day, "S2J", "avg_basis", AGREED)
    story.tell(
        "vastgelegd",
        "Gezag en de toestemming van één ouder zijn vastgelegd",
        leeftijd=age(born, day),
        band=HUIDIG.op(day).band(age(born, day)),
        leerlingId=gezag["leerlingId"],
        gezag=gezag["personen"],
        toestemmingen=[first],
        soortenGegevens=AGREED,
    )
    preview = line.post(line.school, "/v1/uitwisselingen/_proef", push)
    story.tell("voorvertoning", "Wat er zou gaan, voordat iemand beslist", **preview["ontvangers"][0])

    sent = line.post(line.school, "/v1/uitwisselingen", push)
    levering = sent["leveringen"][0]["id"]
    uitwisseling = sent["uitwisselingId"]
    held_404 = line.call(line.aanbieder, "POST", f"/v1/leveringen/{levering}/_neem")
    story.tell(
        "HOLD",
        "HOLD: één ouder heeft nog niet getekend",
        ontvangstbewijs=sent["ontvangstbewijs"],
        levering=_levering(line, uitwisseling),
    )
    second = _toestemming(line, gezag, ouder_2, day, "S2J", "avg_basis", AGREED)
    story.tell(
        "PERMIT_REDUCED",
        "PERMIT_REDUCED: de tweede ouder tekent, de rest gaat vanzelf",
        levering=_levering(line, uitwisseling),
    )
    payload = _previewed_and_received(line, push, levering)
    story.tell(
        "opgehaald",
        "De aanbieder haalt op, tekent voor ontvangst en verwerkt",
        **payload,
        levering=_levering(line, uitwisseling),
    )
    _feedback(line, story, gezag, day, levering)
    withdrawn = _withdraw_in_flight(line, story, push, second["toestemmingId"])
    _account_fails(line, story, push)
    _neutral_404(line, story, push, held_404, withdrawn)
    _proof(line, story, uitwisseling, sent["ontvangstbewijs"])
    _summary(story)


def _feedback(line: Line, story: Story, gezag: dict[str, Any], day: dt.date, levering: str) -> None:
    """J2S needs both a ground and a lifted secrecy duty, of both ouders."""
    for persoon in gezag["personen"]:
        for functie in ("avg_basis", "secrecy_waiver"):
            _toestemming(
                line, gezag, persoon["persoonId"], day, "J2S", functie, ("contact", "doelen", "jeugdhulp")
            )
    sent = line.post(
        line.aanbieder,
        "/v1/uitwisselingen",
        {
            "doel": "afstemming",
            "ontvangers": [{"partij": line.school.partij, "rol": "intern_begeleider"}],
            "categorieen": ["contact", "doelen", "jeugdhulp"],
            "inAntwoordOp": levering,
            "terugkoppeling": {
                "status": "gestart",
                "sinds": day.isoformat(),
                "contactpersoon": {"naam": "Bram Bedacht", "telefoon": "0000000000"},
                "adviezen": ["voorspelbare_dagindeling", "overgangen_aankondigen"],
                "verwijzing": "eigen kenmerk, blijft thuis",
            },
        },
    )
    payload = _receive(line, line.school, sent["leveringen"][0]["id"])
    story.tell(
        "terugkoppeling",
        "De school hoort dat de hulp is gestart en wat in de klas helpt",
        ontvangen=payload,
        levering=_levering(line, sent["uitwisselingId"], line.aanbieder),
    )


def _withdraw_in_flight(line: Line, story: Story, push: dict[str, Any], record: str) -> str:
    sent = line.post(line.school, "/v1/uitwisselingen", push)
    levering: str = sent["leveringen"][0]["id"]
    before = _levering(line, sent["uitwisselingId"])
    withdrawal = {"moment": line.clock.now().isoformat()}
    line.post(line.school, f"/v1/toestemmingen/{record}/intrekkingen", withdrawal)
    answer = line.call(line.aanbieder, "POST", f"/v1/leveringen/{levering}/_neem")
    story.tell(
        "DENY",
        "DENY: ingetrokken tussen aannemen en ophalen",
        eerst=before["status"],
        ophalen=answer.status_code,
        levering=_levering(line, sent["uitwisselingId"]),
    )
    return levering


def _account_fails(line: Line, story: Story, push: dict[str, Any]) -> None:
    """The account cannot be written, because another process really locks the database file."""
    key = secrets.token_hex(12)
    head = _count(line)
    with hold_writes(line.settings.sqlite_path):
        failed = line.call(line.school, "POST", "/v1/uitwisselingen", push, key)
    unchanged = _count(line) == head
    again = line.call(line.school, "POST", "/v1/uitwisselingen", push, key)
    story.tell(
        "ERROR",
        "ERROR: zonder verantwoording wordt niets aangenomen",
        status=failed.status_code,
        probleem=failed.json(),
        code="AUDIT_UNAVAILABLE",
        nietsVeranderd=unchanged,
        daarnaMetDezelfdeSleutel=again.status_code,
    )


def _neutral_404(
    line: Line,
    story: Story,
    push: dict[str, Any],
    held: httpx2.Response,
    withdrawn: str,
) -> None:
    refused = line.post(line.school, "/v1/uitwisselingen", push)
    refused_id = refused["leveringen"][0]["id"]
    foreign = line.get(line.aanbieder, "/v1/uitwisselingen")["uitwisselingen"][0]["leveringen"][0]["id"]

    def take(levering: str) -> httpx2.Response:
        return line.call(line.aanbieder, "POST", f"/v1/leveringen/{levering}/_neem")

    answers = {
        "aangehouden": held,
        "geweigerd": take(refused_id),
        "ingetrokken": take(withdrawn),
        "vanEenAnder": take(foreign),
        "bestaatNiet": take(secrets.token_hex(16)),
    }
    bodies = {a.content for a in answers.values()}
    story.tell(
        "404",
        "404: vijf redenen, voor de ontvanger één antwoord",
        statussen={name: a.status_code for name, a in answers.items()},
        gelijk=len(bodies) == 1,
        antwoord=held.json(),
        levering=_levering(line, refused["uitwisselingId"]),
    )


def _proof(line: Line, story: Story, uitwisseling: str, receipt: dict[str, Any]) -> None:
    path = f"/v1/uitwisselingen/{uitwisseling}/bewijs"
    for _ in range(100):
        answer = line.call(line.school, "GET", path)
        if answer.status_code == 200:  # noqa: PLR2004 - 202: the next checkpoint has yet to come
            break
        time.sleep(0.1)
    else:
        raise RecordUnavailable("er kwam geen checkpoint")
    bundle = answer.json() | {"ontvangstbewijs": receipt}
    checked = check_bewijs(orjson.dumps(bundle), line.vkey)
    forged = json.loads(orjson.dumps(bundle))
    blad = base64.b64decode(forged["bladeren"][0]["blad"])
    forged["bladeren"][0]["blad"] = base64.b64encode(blad.replace(b"arrangement", b"toeleiding!")).decode()
    for _ in range(100):
        checkpoint = line.call(line.fg, "GET", "/v1/ledger/checkpoint").text
        checked_log = verify_ledger(line.settings.sqlite_path, line.vkey, (Note("de gateway", checkpoint),))
        report, size = checked_log.report, checked_log.size
        if report.proven == size:  # the last leaves are only proven by the next checkpoint
            break
        time.sleep(0.1)
    story.tell(
        "bewijs",
        "Bewijs: te controleren zonder ons",
        geldig=checked.geldig,
        punten=[{"naam": p.naam, "goed": p.goed, "uitleg": p.uitleg} for p in checked.punten],
        vervalstGeldig=check_bewijs(orjson.dumps(forged), line.vkey).geldig,
        checkpoint=checkpoint,
        verantwoording={"regels": size, "bewezen": report.proven, "goed": report.first is None},
        bundel=bundle,
    )


def _proven(step: dict[str, Any]) -> bool:
    return step["geldig"] and not step["vervalstGeldig"] and step["verantwoording"]["goed"]


def _summary(story: Story) -> None:
    """Every answer that was promised, and whether it came."""
    told = {step["stap"]: step for step in story.steps}
    hold, reduced, received = told["HOLD"]["levering"], told["PERMIT_REDUCED"]["levering"], told["opgehaald"]
    deny, error, neutral = told["DENY"], told["ERROR"], told["404"]
    found = (
        (
            "PERMIT_REDUCED",
            "alleen wat mag ging mee, precies zoals de voorvertoning het liet zien",
            reduced["uitkomst"] == "PERMIT_REDUCED" and received["gelijkAanVoorvertoning"],
        ),
        (
            "HOLD",
            "wachtte op de tweede ouder en ging daarna vanzelf verder",
            hold["status"] == "aangehouden" and reduced["status"] == "klaar" and hold["id"] == reduced["id"],
        ),
        (
            "DENY",
            "na het intrekken kreeg de ontvanger niets meer",
            (deny["eerst"], deny["ophalen"]) == ("klaar", 404)
            and "WITHDRAWN_IN_FLIGHT" in [r["code"] for r in deny["levering"]["redenen"]],
        ),
        (
            "ERROR",
            "zonder verantwoording is niets aangenomen; later met dezelfde sleutel wel",
            (error["status"], error["nietsVeranderd"], error["daarnaMetDezelfdeSleutel"]) == (503, True, 202),
        ),
        (
            "404",
            "vijf keer hetzelfde antwoord, wat er ook aan de hand was",
            neutral["gelijk"] and set(neutral["statussen"].values()) == {404},
        ),
        (
            "terugkoppeling",
            "de school hoorde dat de hulp is gestart",
            told["terugkoppeling"]["ontvangen"]["inhoud"]["inhoud"]["status"] == "gestart",
        ),
        ("bewijs", "klopt zonder ons; een vervalst bewijs wordt geweigerd", _proven(told["bewijs"])),
    )
    story.kept = all(kept for _, _, kept in found)
    story.tell(
        "samenvatting",
        "Alle antwoorden op een rij",
        beloften=[{"code": code, "uitleg": text, "gehouden": kept} for code, text, kept in found],
    )


# ── a real dossier ──────────────────────────────────────────────────────────────────────────────────


def _real_dossier(
    line: Line, story: Story, raw: bytes, leerlingid: str, born: dt.date, day: dt.date, lawful: int
) -> None:
    push = _push(raw, ECHT) | {"leerling": {"leerlingid": leerlingid}, "vrijeTekstNagekeken": True}
    preview = line.post(line.school, "/v1/uitwisselingen/_proef", push)
    herkomst = preview["herkomst"]
    years = age(born, day)
    story.tell(
        "dossier",
        "Wat het dossier zelf zegt",
        leeftijd=years,
        band=HUIDIG.op(day).band(years),
        inzage=herkomst.get("inzage"),
        categorieStatus=herkomst.get("categorieStatus", {}),
        leemtes=herkomst.get("leemtes", []),
        bevindingen=preview["bevindingen"],
        wettelijkVertegenwoordigers=lawful,
    )
    story.tell("voorvertoning", "Zonder dat er iets is vastgelegd", **preview["ontvangers"][0])
    gezag = _gezag(line, leerlingid, born, day, lawful)
    before = line.post(line.school, "/v1/uitwisselingen/_proef", push)["ontvangers"][0]
    story.tell("ondertekenaars", "Wie er op deze dag moet tekenen", **before)
    for signer in before["ondertekenaars"]:
        if signer["persoonId"] is not None:
            _toestemming(line, gezag, signer["persoonId"], day, "S2J", "avg_basis", ECHT)
    sent = line.post(line.school, "/v1/uitwisselingen", push)
    levering = _levering(line, sent["uitwisselingId"])
    received: dict[str, Any] = {}
    if levering["status"] == "klaar":
        received = _previewed_and_received(line, push, levering["id"])
    story.tell(
        levering["uitkomst"],
        "Als al deze mensen toestemming geven",
        levering=_levering(line, sent["uitwisselingId"]),
        **received,
    )
    _proof(line, story, sent["uitwisselingId"], sent["ontvangstbewijs"])
    story.kept = received.get("gelijkAanVoorvertoning", True) and _proven(story.steps[-1])


def _lawful(vertaling: Any) -> int:
    """How many living caretakers the dossier calls wettelijk vertegenwoordiger. It is only a hint, and never
    counts as gezag.
    """
    return sum(1 for v in vertaling.bericht.gezag if v.wettelijk_vertegenwoordiger and not v.overleden)


# ── calls that every story makes ────────────────────────────────────────────────────────────────────


def _push(raw: bytes, categorieen: tuple[str, ...]) -> dict[str, Any]:
    return {
        "doel": "arrangement",
        "ontvangers": [{"partij": AANBIEDER, "rol": "jeugdhulpverlener"}],
        "categorieen": list(categorieen),
        "dossier": {"standaard": "oso", "inhoud": base64.b64encode(raw).decode()},
    }


def _gezag(line: Line, leerlingid: str, born: dt.date, day: dt.date, ouders: int) -> dict[str, Any]:
    soort = {0: "onbekend", 1: "eenhoofdig"}.get(ouders, "gezamenlijk")
    return line.post(
        line.school,
        "/v1/gezagsgegevens",
        {
            "leerling": {"leerlingid": leerlingid},
            "geboortedatum": born.isoformat(),
            "soort": soort,
            "personen": [{"hoedanigheid": "ouder", "gezag": True} for _ in range(ouders)],
            "bron": "gezagsregister",
            "gecontroleerdOp": day.isoformat(),
            "gecontroleerdDoor": "administratie (verzonnen)",
        },
    )


def _toestemming(
    line: Line,
    gezag: dict[str, Any],
    persoon: str,
    day: dt.date,
    richting: str,
    functie: str,
    categorieen: tuple[str, ...],
) -> dict[str, Any]:
    to_school = richting == "J2S"
    return line.post(
        line.school,
        "/v1/toestemmingen",
        {
            "leerlingId": gezag["leerlingId"],
            "persoonId": persoon,
            "besluit": "gegeven",
            "functie": functie,
            "bereik": {
                "richting": richting,
                "doelen": ["afstemming" if to_school else "arrangement"],
                "categorieen": list(categorieen),
                "ontvangers": [
                    {"partij": line.school.partij, "rol": "intern_begeleider"}
                    if to_school
                    else {"partij": AANBIEDER, "rol": "jeugdhulpverlener"}
                ],
            },
            "moment": line.clock.now().isoformat(),
            "geldigVanaf": day.isoformat(),
            "geldigTotEnMet": (day + dt.timedelta(days=300)).isoformat(),
            "uitdrukkelijk": list(categorieen),
            "bewijs": {
                "methode": "digitaal_ondertekend",
                "bewijsHash": _hash(f"handtekening {persoon}"),
                "kennisgevingRef": "uitlegtekst/1",
                "kennisgevingHash": _hash("uitlegtekst/1"),
                "vastlegger": "intern begeleider (verzonnen)",
            },
        },
    )


def _hash(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _receive(line: Line, who: System, levering: str) -> dict[str, Any]:
    """List, take, sign, confirm: as a recipient's system does."""
    waiting = [i["leveringId"] for i in line.get(who, "/v1/postbus")["leveringen"]]
    return {"inPostbus": levering in waiting, **line.gateway.receive(who, levering)}


def _previewed_and_received(line: Line, push: dict[str, Any], levering: str) -> dict[str, Any]:
    """What the preview shows under the facts of this moment, and what is handed over after it."""
    preview = line.post(line.school, "/v1/uitwisselingen/_proef", push)["ontvangers"][0]["nu"]
    received = _receive(line, line.aanbieder, levering)
    return {
        "ontvangen": received,
        "gelijkAanVoorvertoning": preview is not None and preview["hash"] == received["hash"],
    }


def _levering(line: Line, uitwisseling: str, who: System | None = None) -> dict[str, Any]:
    found = line.get(who or line.school, f"/v1/uitwisselingen/{uitwisseling}/leveringen")
    levering: dict[str, Any] = found["leveringen"][0]
    return levering


def _count(line: Line) -> int:
    found = line.get(line.school, "/v1/uitwisselingen?aantal=200")["uitwisselingen"]
    return len(found)
