"""Tables in docs/ that follow from the code. `python -m tests.architecture.generated` writes them anew."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import grimp

from consent.beleid import EXPLICIT_LEVEL
from consent.leeftijd import day
from consent.recht_nu import HUIDIG
from consent.rules import Cell
from consent.signers import signers
from gateway.api.openapi import PREFIX
from gateway.app import document
from gateway.exchange.intake.wegen import shipped_wegen
from gateway.explain import stromen, teksten
from gateway.overstap.meegaan import MEEGAAN
from gateway.practices import dekking
from gateway.practices.spel import met_bestand
from gateway.practices.tabel import shipped_praktijken
from gateway.register.regels import shipped_profiles
from gateway.register.stroomregels import shipped_stromen
from schemas.base import Gegevenscategorie
from schemas.checks.beginselen import BEGINSELEN
from schemas.checks.zaakbeginselen import WAAR
from schemas.decision.decision import Reden
from schemas.exchange.uitwisseling import OVERGANGEN, Leveringstatus
from schemas.messages.berichten import BERICHTEN
from schemas.people.hoedanigheden import EIGENSCHAPPEN, Partijhoedanigheid
from schemas.people.toestemming import Gebruiksdoel, Hoedanigheid, Richting
from schemas.publication.publicatie import UITGAVEN, omschrijving
from schemas.shown.uitleg import Lezersoort
from tests.architecture import codes
from tests.architecture.rules import PACKAGES
from tests.architecture.stroomverschillen import verschil_table
from tests.builders import (
    NOW,
    YOUTH,
    X,
    a_gezag,
    a_vertegenwoordiging,
    an_oordeel,
    authorities,
    beleid,
    heen,
    terug,
)

ROOT: Final = Path(__file__).resolve().parents[2]
_BLOCK: Final = r"(<!-- begin {name}\b[^\n]*-->\n).*?(<!-- eind {name} -->)"


def api_document(*, sandbox: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(document("http://127.0.0.1:8080/v1", sandbox=sandbox))
    return made


def api_table() -> str:
    rows = ["| handeling | wat | scope | Idempotency-Key | goed | fout |", "|---|---|---|---|---|---|"]
    for path, item in api_document()["paths"].items():
        for method, call in item.items():
            scopes = [s for way in call["security"] for s in way["clientCredentials"]]
            codes = sorted(call["responses"])
            rows.append(
                " | ".join(
                    (
                        f"| `{method.upper()} {PREFIX}{path}`",
                        call["summary"],
                        f"`{scopes[0]}`" if scopes else "-",
                        "ja" if any(p["name"] == "Idempotency-Key" for p in call["parameters"]) else "-",
                        " ".join(c for c in codes if c < "400"),
                        " ".join(c for c in codes if c >= "400") + " |",
                    )
                )
            )
    return "\n".join(rows) + "\n"


def _teksten() -> dict[str, Any]:
    return tomllib.loads((ROOT / "gateway" / "explain" / "teksten.toml").read_text(encoding="utf-8"))


def status_table() -> str:
    texts = _teksten()["status"]
    rows = ["| status | wat het betekent | wat u kunt doen | kan nog worden |", "|---|---|---|---|"]
    for status in Leveringstatus:
        following = ", ".join(f"`{s}`" for s in Leveringstatus if s in OVERGANGEN[status]) or "-"
        said = texts[status]
        rows.append(f"| `{status}` | {said['uitleg']} | {said['stap'] or '-'} | {following} |")
        for name, other in texts.items():  # the same status, told otherwise after something else
            if name.startswith(f"{status}_"):
                how = name.removeprefix(f"{status}_").replace("_", " ")
                rows.append(
                    f"| `{status}`, {how} | {other['uitleg']} | {other['stap'] or '-'} | {following} |"
                )
    return "\n".join(rows) + "\n"


def reason_table() -> str:
    rows = ["| code | uitleg | wat u kunt doen | rust op |", "|---|---|---|---|"]
    for code, said in _teksten()["reden"].items():
        there, back = (teksten.normen(code, richting) for richting in (Richting.S2J, Richting.J2S))
        names = [n.naam for n in there] + [f"*{n.naam}*" for n in back if n not in there]
        rows.append(f"| `{code}` | {said['uitleg']} | {said['stap'] or '-'} | {'; '.join(names) or '-'} |")
    return "\n".join(rows) + "\n"


def norm_table() -> str:
    rows = ["| norm | soort | wat er staat | zelf gelezen |", "|---|---|---|---|"]
    rows += [
        f"| {n.naam} | `{n.soort}` | {n.tekst} | {'ja' if n.gelezen else 'nee'} |"
        for n in teksten.NORMEN.values()
    ]
    return "\n".join(rows) + "\n"


def reader_table() -> str:
    """Which reasons an ouder or leerling never reads, whoever recorded them."""
    kept = [r for r in Reden if not teksten.leesbaar(r, Lezersoort.OUDER)]
    return "".join(f"- `{r}`: {teksten.reden(r)}\n" for r in kept)


def signer_table() -> str:
    rows = [
        "| leeftijd | kan het wegen | van school naar jeugdhulp | van jeugdhulp naar school |",
        "|---|---|---|---|",
    ]
    for ages, age in (("tot 12", 9), ("12 tot en met 15", 13), ("16 en 17", 16), ("vanaf 18", 19)):
        for weighs in ("ja", "nee", "uitspraak rechter"):
            told = [_asked(age, richting, weighs) for richting in (Richting.S2J, Richting.J2S)]
            rows.append(f"| {ages} | {weighs} | {' | '.join(told)} |")
    return "\n".join(rows) + "\n"


def _asked(age: int, richting: Richting, weighs: str) -> str:
    """Who must sign about a leerling with two ouders, in words."""
    line = heen if richting is Richting.S2J else terug
    as_who = (
        Hoedanigheid.CURATOR
        if age >= HUIDIG.op(day(NOW)).leeftijd["meerderjarig"]
        else Hoedanigheid.BIJZONDERE_CURATOR
    )
    orders = (a_vertegenwoordiging(X, hoedanigheid=as_who),) if weighs == "uitspraak rechter" else ()
    judged = (an_oordeel(),) if weighs == "nee" else ()
    who = authorities(a_gezag(vertegenwoordigingen=orders), age=age, bekwaamheid=judged)
    names = {
        YOUTH: "de leerling",
        X: "curator" if age >= HUIDIG.op(day(NOW)).leeftijd["meerderjarig"] else "bijzondere curator",
    }
    found = signers(Cell(categorie=Gegevenscategorie.CONTACT, **line()), who, beleid(), NOW)
    if found.holds:
        return f"*wacht*: {', '.join(f'`{r}`' for r in found.holds)}"
    said = {}
    for persoon, functies in found.required.items():
        said[names.get(persoon, "gezag")] = " en ".join(f"`{f}`" for f in sorted(functies))
    return "; ".join(f"{who}: {what}" for who, what in said.items())


def schema_table() -> str:
    rows = ["| soort | wat | status |", "|---|---|---|"]
    for soort, bericht in BERICHTEN.items():
        status = next(u.status for u in UITGAVEN if u.naam == soort)
        rows.append(f"| `{soort}` | {omschrijving(bericht)} | `{status}` |")
    return "\n".join(rows) + "\n"


def profile_table() -> str:
    rows = [
        "| profiel | doel | aan wie | richting | bericht | velden per soort gegevens | na te kijken |",
        "|---|---|---|---|---|---|---|",
    ]
    for p in sorted(shipped_profiles(), key=lambda p: (list(Gebruiksdoel).index(p.doel), p.id)):
        labels = {b.pad: b.categorie for b in BERICHTEN[p.bericht].bladen}
        counts = Counter(labels[v.pad] for v in p.velden)
        told = ", ".join(
            f"`{c}` {counts[c]}{'*' if c.niveau >= EXPLICIT_LEVEL else ''}"
            for c in Gegevenscategorie
            if c in counts
        )
        free = sum(v.nakijken for v in p.velden) or "-"
        link = f"[{p.id}](../consent/profielen/{p.id}.toml)"
        case = " | ".join(f"`{part}`" for part in p.sleutel)
        rows.append(f"| {link} | {case} | {told} | {free} |")
    return "\n".join(rows) + "\n"


STROMEN_OP: Final = dt.date(2026, 11, 30)
"""Of which day docs/ shows the rules of a flow."""


def capacity_table() -> str:
    rows = [
        "| hoedanigheid | geheimhouding | kolom | nummer alleen aan | functies |",
        "|---|---|---|---|---|",
    ]
    for h, e in EIGENSCHAPPEN.items():
        to = ", ".join(f"`{p}`" for p in Partijhoedanigheid if p in e.nummer_aan) or "-"
        functions = ", ".join(f"`{f}`" for f in e.functies) or "de persoon zelf"
        rows.append(
            f"| `{h}` | `{e.geheimhouding}` | `{e.geheimhouding.kolom}` | {to} | {functions} |"
            if h is not Partijhoedanigheid.SCHOOLMAATSCHAPPELIJK_WERK
            else f"| `{h}` | die van de werkgever | - | - | {functions} |"
        )
    return "\n".join(rows) + "\n"


def flow_table() -> str:
    """Every version of every rule, in the order of the file."""
    rows = ["| regel | | van | aan | wat | doelen en soorten | en verder | rust op |", "|" + "---|" * 8]
    for r in shipped_stromen().regels:
        said = stromen.told(r)
        about, rest = f"{said.pop('doelen')}: {said.pop('soorten')}", said.pop("rust op")
        until = "" if r.geldig_tot is None else f" tot {r.geldig_tot}"
        more = "; ".join(f"{name} {what}" for name, what in said.items() if what) or "-"
        since = f" vanaf {r.geldig_vanaf}" if r.versie > 1 else ""
        cells = (
            f"`{r.sleutel}`{since}{until}",
            stromen.teken(r),
            stromen.wie(r.van),
            stromen.wie(r.aan),
            r.wat,
            about,
            more,
            rest,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def way_table() -> str:
    """Which type of message comes from whom and goes to whom."""
    rows = ["| bericht | komt van | gaat naar | waarom |", "|---|---|---|---|"]
    for w in shipped_wegen():
        van, aan = (", ".join(f"`{h}`" if h != "*" else "ieder" for h in each) for each in (w.van, w.aan))
        less = f", behalve {', '.join(f'`{h}`' for h in w.behalve)}" if w.behalve else ""
        rows.append(f"| `{w.bericht}` | {van}{less} | {aan} | {w.waarom} |")
    return "\n".join(rows) + "\n"


def practice_table() -> str:
    """Every practice with where it stands on a fixed day, and what is in the way."""
    rows = ["| praktijk | regio | stand | wat in de weg staat, of wacht |", "|---|---|---|---|"]
    for found in dekking.dekking(shipped_praktijken(), dekking.lijn_van(STROMEN_OP), met_bestand()):
        p = found.praktijk
        why = "; ".join(dekking.why(found)) or "-"
        rows.append(f"| `{p.id}` {p.naam} | {p.regio} | {found.stand} | {why} |")
    return "\n".join(rows) + "\n"


def room_table(package: str) -> str:
    """One room per line, the highest first: what it is for and whom it knows, by the real imports."""
    graph = grimp.build_graph(*PACKAGES)
    rooms = sorted(graph.find_children(package))
    knows: dict[str, set[str]] = {room: set() for room in rooms}
    for module in graph.modules:
        room = ".".join(module.split(".")[:2])
        if room in knows:
            found = graph.find_modules_directly_imported_by(module)
            known = {_room(other, package) for other in found} - {room, package}
            knows[room] |= known
    rows = ["| floor | room | what it is for | knows |", "|---|---|---|---|"]
    for floor, layer in _floors(package):
        for room in sorted(layer):
            names = sorted(knows[f"{package}.{room}"], key=lambda k: ("." in k, k))
            said = " ".join(f"`{k.removeprefix(package + '.')}`" for k in names) or "-"
            rows.append(f"| {floor} | `{room}` | {_first_line(package, room)} | {said} |")
    return "\n".join(rows) + "\n"


def _room(module: str, package: str) -> str:
    """A room of the package itself by its name, and another package as a whole."""
    parts = module.split(".")
    return ".".join(parts[:2]) if parts[0] == package else parts[0]


def _floors(package: str) -> list[tuple[int, set[str]]]:
    """The layers of this package as the build enforces them, numbered from the ground."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = config["tool"]["importlinter"]["contracts"]
    (layers,) = [c["layers"] for c in contracts if c.get("containers") == [package]]
    return [(len(layers) - i, {r.strip() for r in layer.split("|")}) for i, layer in enumerate(layers)]


def _first_line(package: str, room: str) -> str:
    """The first sentence of a room's own page."""
    folder = ROOT / package / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    page = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return re.split(r"(?<=\.)\s", " ".join(page.split()), maxsplit=1)[0].replace("|", "/")


def meegaan_table() -> str:
    """What the next school is told of each kind of what is recorded."""
    rows = [f"| {feit} | {dan.replace('_', ' ')} |" for feit, dan in MEEGAAN.items()]
    return "\n".join(["| wat | bij de nieuwe school |", "|---|---|", *rows])


def principle_table() -> str:
    """Where each of the thirty principles is seen, and which of them keep a zaak from beginning."""
    rows = [f"| `{c}` | {BEGINSELEN[c][1]} | {p.waar} | {'ja' if p.hard else ''} |" for c, p in WAAR.items()]
    return "\n".join(("| code | wat er dan open staat | te zien | hard |", "|---|---|---|---|", *rows))


TABLES: Final[dict[str, tuple[str, Callable[[], str]]]] = {
    "handelingen": ("docs/api.md", api_table),
    "standen": ("docs/status.md", status_table),
    "ondertekenaars": ("docs/wie-beslist.md", signer_table),
    "redenen": ("docs/status.md", reason_table),
    "normen": ("docs/uitleg.md", norm_table),
    "verborgen": ("docs/uitleg.md", reader_table),
    "berichten": ("docs/schemas.md", schema_table),
    "stroomhoedanigheden": ("docs/stromen.md", capacity_table),
    "stroomregels": ("docs/stromen.md", flow_table),
    "stroomverschillen": (
        "docs/decisions/0046-the-rule-table-decides-an-exchange.md",
        verschil_table,
    ),
    "meegaan": ("docs/overstap.md", meegaan_table),
    "beginselen": ("docs/zaak.md", principle_table),
    "praktijken": ("docs/praktijken.md", practice_table),
    "wegen": ("docs/partijen.md", way_table),
    "profielen": ("docs/profielen.md", profile_table),
    "codes": ("docs/codes.md", codes.page),
    "gateway": ("docs/rooms.md", partial(room_table, "gateway")),
    "adapters": ("docs/rooms.md", partial(room_table, "adapters")),
    "schemas": ("docs/rooms.md", partial(room_table, "schemas")),
}
"""By the name in the markers: the file, and what must stand between them."""


def with_table(text: str, name: str, table: str) -> str:
    """`text` with what stands between the markers of `name` replaced. Raises ValueError without them."""
    made, count = re.subn(
        _BLOCK.format(name=name), lambda m: f"{m[1]}\n{table}\n{m[2]}", text, flags=re.DOTALL
    )
    if count != 1:
        raise ValueError(f"no markers for {name}")
    return made


if __name__ == "__main__":
    for _name, (_file, _make) in TABLES.items():
        _path = ROOT / _file
        _path.write_text(with_table(_path.read_text(encoding="utf-8"), _name, _make()), encoding="utf-8")
    (ROOT / "docs" / "stromen.svg").write_text(
        stromen.svg(shipped_stromen().op(STROMEN_OP)), encoding="utf-8"
    )
