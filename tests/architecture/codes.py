"""Every code that OZlijn can say, with its words, read from where the code says it.

Texts are taken from the source itself: the literal behind a code in a call, a tuple or a table. A part that
is filled in at run time shows as an ellipsis. What is made of numbers and tables (code lists, rules of a
profile, rules of iJw) is asked of those tables.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Final

from adapters.ijw import formaat
from adapters.ijw.regel import Klasse
from adapters.ijw.regels import KLASSEN
from adapters.ijw.retourcodes import HUBFOUTEN, REDENEN
from adapters.ijw.verloopregels import REGELS, Verloopregels
from adapters.ijw.verloopregels.verloopregel import Verloopregel
from adapters.ledger.findings import Finding, Kind
from adapters.oso import left_out
from adapters.oso.categories import CATEGORIES
from adapters.oso.profielen import BB, PROFILES
from adapters.xml import zips
from gateway.api import token
from gateway.api.problems import FRAMEWORK, PROBLEMS, TYPE_BASE, Problem
from gateway.explain import teksten
from gateway.runtime.bevindingen import SOORTEN
from schemas.checks import oppregels, oppverloop
from schemas.checks.beginselen import BEGINSELEN
from schemas.decision.decision import Reden
from schemas.messages import anonieme_vraag

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("schemas", "consent", "adapters", "gateway")
DOTTED: Final = re.compile(r"[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9_]*")
RULE: Final = re.compile(r"(?:(?:PaO|OVa|OVb|OG|OS)\.)?[A-Z]{2}(?:cat)?\d{2,3}|OG\.\d\d")
ELLIPSIS: Final = "…"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of ours by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


@cache
def _constants(module: str) -> dict[str, list[str]]:
    """Texts that stand at the top of a module under a name."""
    found: dict[str, list[str]] = {}
    for node in modules()[module].body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                found[name] = _said(value, {})
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = _said(value, {})
            case _:
                pass
    return found


def _imported(module: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in modules()[module].body:
        if isinstance(node, ast.ImportFrom) and node.module in modules():
            theirs = _constants(node.module)
            found |= {a.asname or a.name: theirs[a.name] for a in node.names if a.name in theirs}
    return found


def _said(node: ast.expr, names: Mapping[str, list[str]]) -> list[str]:
    """The texts an expression can be; empty when it is no text that we can read."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(_part(p, names) for p in parts)]
        case ast.Name(id=name):
            return names.get(name, [])
        case ast.IfExp(body=one, orelse=other):
            return [*_said(one, names), *_said(other, names)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            first, last = _said(left, names), _said(right, names)
            return [f"{a}{b}" for a in first for b in last] or first
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            return [re.sub(r"\{\w*\}", ELLIPSIS, text) for text in _said(value, names)]
        case _:
            return []


def _part(node: ast.expr, names: Mapping[str, list[str]]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    inner = node.value if isinstance(node, ast.FormattedValue) else node
    said = _said(inner, names) if isinstance(inner, ast.Name) else []
    return said[0] if len(said) == 1 else ELLIPSIS


def said(module: str) -> Iterator[tuple[str, str]]:
    """(code, text) wherever a module has a code with words behind it."""
    for code, text in _walk(modules()[module], _imported(module) | _constants(module), []):
        if " " in text and not text.startswith("/"):
            yield code, text


def _walk(
    node: ast.AST, names: Mapping[str, list[str]], assigned: list[tuple[int, str, ast.expr]]
) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        assigned = _assigned(node)
    match node:
        case ast.Call(args=parts) | ast.Tuple(elts=parts):
            yield from _row(parts, _at(node.lineno, names, assigned))
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if key is not None:
                    last = value.elts[-1] if isinstance(value, ast.Tuple) and value.elts else value
                    yield from _row([key, last], names)
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, names, assigned)


def _assigned(function: ast.AST) -> list[tuple[int, str, ast.expr]]:
    """Every name that a function gives a value, in the order of its lines."""
    found = [
        (each.lineno, each.targets[0].id, each.value)
        for each in ast.walk(function)
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name)
    ]
    return sorted(found, key=lambda row: row[0])


def _at(
    line: int, names: Mapping[str, list[str]], assigned: list[tuple[int, str, ast.expr]]
) -> Mapping[str, list[str]]:
    """What each name says at that line: what it was given last before it."""
    known = dict(names)
    for at, name, value in assigned:
        if at <= line:
            known[name] = _said(value, known)
    return known


def _row(parts: list[ast.expr], names: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    for i in count():
        if i >= len(parts):
            return
        for code in _codes(parts[i]):
            texts = [t for p in reversed(parts[i + 1 :]) if (t := _said(p, names))]
            for text in texts[0] if texts else ():
                yield code, text
            return


def _codes(node: ast.expr) -> list[str]:
    match node:
        case ast.Constant(value=str(text)) if DOTTED.fullmatch(text) or RULE.fullmatch(text):
            return [text]
        case ast.Call(func=ast.Attribute(attr="rule"), args=[ast.Constant(value=str(text))]):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return [*_codes(one), *_codes(other)]
        case _:
            return []


# --- the page


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the page."""

    code: str
    words: str
    todo: str


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("codes.toml").read_text(encoding="utf-8"))


@cache
def dotted() -> dict[str, tuple[str, ...]]:
    """The words of every code of the form `a.b`, and of the rules of OSO, with each text once."""
    found: dict[str, dict[str, None]] = {}
    for module in modules():
        if module not in _OTHER:
            for code, text in said(module):
                found.setdefault(code, {})[text] = None
    for code, text in _asked():
        found[code] = {text: None}
    return {code: tuple(texts) for code, texts in found.items()}


_OTHER: Final = frozenset({"schemas.events", "schemas.account.verantwoording", "gateway.cli.leerlingen"})
"""Names of events, which no user is answered with, and a list that tells the same codes in fewer words."""


def _asked() -> Iterator[tuple[str, str]]:
    """Codes that are put together at run time, asked of what puts them together."""
    yield from ((str(damage), text) for damage, text in zips.TEXTS.items())
    yield from ((f"anoniem.{name}", text) for name, text in anonieme_vraag._TEXTS.items())
    yield "lijst.N", "Deze waarde staat niet in codelijst N; de fout noemt wat er wel in staat."
    yield "onvoorzien", "Dit bestand bracht OZlijn in de war; de rest is gewoon gelezen."
    yield "toml", "Dit is geen geldige TOML."
    yield (
        "aanvulling.vorm",
        "Dit ontbreekt, hoort hier niet of klopt niet; staat er een lijst, dan noemt de fout haar.",
    )
    yield "grootboek.vorm", "Dit bestand heeft niet de vorm van een bewijs, checkpoint of sleutel."
    yield "grootboek.canoniek", "Deze regel staat niet in de vaste schrijfwijze."
    yield "oso.vir", "De verwijsindex gaat niet mee."
    yield "oso.zat", "Het zorgadviesteam gaat niet mee."
    yield "convenant.dubbel", "Dit staat er twee keer in."
    names = ", ".join(c.name for c in CATEGORIES["2019.1"])
    said_of = "Wat de schakelaar van een categorie zegt past niet bij wat er staat"
    yield "OS.catNN", f"{said_of} (01 tot en met 16: {names})."
    yield from _oso_rules()


def _oso_rules() -> Iterator[tuple[str, str]]:
    """The rules of the standard that stand in a table of names, or in several families."""
    texts: dict[str, list[str]] = {}
    for module in modules():
        if module.startswith("adapters.oso."):
            for code, text in said(module):
                texts.setdefault(code, []).append(text)
    told: dict[str, list[str]] = {}
    for code, text in (*_of_profiles(), *_of_families(texts), *_written()["oso"]["regels"].items()):
        told.setdefault(code, []).append(text)
    for code, rows in told.items():
        yield code, " ".join(dict.fromkeys([*texts.get(code, []), *rows]))


def _of_profiles() -> Iterator[tuple[str, str]]:
    for profile in (*PROFILES.values(), BB):
        yield from ((rule, f"Verplicht, maar ontbreekt: {name}.") for rule, name, _ in profile.required)
        yield from ((rule, f"Verboden: {name}.") for rule, name in profile.forbidden)


def _of_families(texts: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """A rule under one number in several families: `MD03` is `PaO.MD03`, `OVa.MD03` and `OVb.MD03`."""
    alone = _written()["oso"]["alleen"]
    numbers = [*_written()["oso"]["families"].items(), *((c, t) for c, ts in texts.items() for t in ts)]
    for number, text in numbers:
        if re.fullmatch(r"[A-Z]{2}\d\d", number):
            yield from ((f"{family}.{number}", text) for family in alone.get(number, ("PaO", "OVa")))


def ijw_rules() -> dict[str, str]:
    """The rules of iJw by their own number, of every level."""
    found: dict[str, dict[str, None]] = {}
    for module in modules():
        if module.startswith("adapters.ijw."):
            for code, text in said(module):
                if re.fullmatch(r"(?:CD|CS|TR|RS)\d{3}", code):
                    found.setdefault(code, {})[text] = None
    for table, what in (
        (formaat.MAX_LENGTH, "De tekst is langer dan toegestaan; de grens is {}."),
        (formaat.MINIMUM, "Het getal is te klein; het minimum is {}."),
        (formaat.MAXIMUM, "Het getal is te groot; het maximum is {}."),
    ):
        for limit, code in table.items():
            found.setdefault(code, {})[what.format(limit)] = None
    # A text that is filled in per class is asked of the tables themselves.
    for code, text in (*_in_tables(), *((r.code, r.text) for rows in vars_of(REGELS) for r in rows)):
        found.setdefault(code, {}).setdefault(text)
    return {code: " / ".join(texts) for code, texts in sorted(found.items())}


def vars_of(rules: Verloopregels) -> Iterator[Sequence[Verloopregel[Any]]]:
    return (getattr(rules, field.name) for field in fields(rules))


def _in_tables() -> Iterator[tuple[str, str]]:
    waiting: list[Klasse] = [klasse for klassen in KLASSEN.values() for klasse in klassen]
    while waiting:
        klasse = waiting.pop()
        waiting += klasse.inside
        yield from ((rule.code, rule.text) for rule in klasse.regels)
        yield from ((rule.code, rule.text) for rule in klasse.together)


def parts() -> Iterator[tuple[str, str, list[Code]]]:
    """(heading, what it is about, its codes) of every part of the page, in its order."""
    written, regels = _written(), _written()["regels"]
    yield (
        "Het soort antwoord",
        f"`type` in een antwoord met een fout is `{TYPE_BASE}` met een van deze erachter. Reken daarop.",
        [
            Code(p.slug, f"{p.status}: {p.title}. {p.detail}", written["problemen"][p.slug])
            for p in sorted(
                {*PROBLEMS.values(), *FRAMEWORK.values(), *token.PROBLEMS.values()}, key=_by_status
            )
        ],
    )
    for deel in written["deel"]:
        prefixes = tuple(f"{name}." for name in deel["voor"])
        yield (
            deel["kop"],
            deel["uitleg"],
            [
                Code(code, " / ".join(texts), deel.get("doen", {}).get(code, deel["doe"]))
                for code, texts in sorted(dotted().items())
                if code.startswith(prefixes) or code in deel["voor"]
            ],
        )
    yield (
        "Regels van iJw",
        "De nummers zijn die van iJw 3.2 zelf. Is een regel gebroken, dan wordt het hele bericht afgewezen.",
        [Code(code, text, regels["ijw"]) for code, text in ijw_rules().items()],
    )
    yield (
        "Codes in een retour van iJw",
        "Wat een ontvanger terugschrijft (lijst WJ001), en wat een hub meldt (Fo01).",
        [Code(c, t, regels["retour"]) for c, t in (REDENEN | HUBFOUTEN).items()],
    )
    yield (
        "Uitgangspunten van een arrangement",
        "Bevindingen bij `check`, bij `_proef` en bij het aanbieden. Zij houden niets tegen.",
        [Code(code, text, regels["beginsel"]) for code, (_, text) in BEGINSELEN.items()],
    )
    yield (
        "Wat de wet van een ontwikkelingsperspectief vraagt",
        "Bevindingen bij `check`. Zij houden niets tegen.",
        [Code(c, t, regels["opp"]) for c, t in (oppregels.TEKSTEN | oppverloop.TEKSTEN).items()],
    )
    yield (
        "Waarom iets gaat, wacht of niet gaat",
        _written()["redenen"],
        [Code(str(r), teksten.reden(r), teksten.stap(r) or "Niets.") for r in Reden],
    )
    yield (
        "Wat van een OSO-dossier thuisblijft",
        "`reden` onder `weggelaten`.",
        [Code(code, text, regels["weglating"]) for code, text in left_out.TEXTS.items()],
    )
    yield (
        "Wat `ozlijn doctor` vindt",
        "Met hoe ernstig het is: [nakijken](nakijken.md).",
        [Code(code, soort.waarom, soort.doen) for code, soort in SOORTEN.items()],
    )
    yield (
        "Wat er mis kan zijn met de verantwoording",
        "Bevindingen van `ozlijn ledger verify`.",
        [Code(str(kind), Finding(kind, 0, 0).text + ".", regels["bevinding"]) for kind in Kind],
    )


def _by_status(problem: Problem) -> tuple[int, str]:
    return problem.status, problem.slug


def page() -> str:
    """What stands between the markers in docs/codes.md."""
    told = []
    for heading, about, codes in parts():
        rows = ["| code | wat het betekent | wat u kunt doen |", "|---|---|---|"]
        rows += [f"| `{c.code}` | {_cell(c.words)} | {_cell(c.todo)} |" for c in codes]
        told.append(f"## {heading}\n\n{about}\n\n" + "\n".join(rows) + "\n")
    return "\n".join(told)


def _cell(text: str) -> str:
    """A text as a sentence, with what would break a table taken out."""
    text = re.sub(r"…(?: …)*\.?$", "…", text.replace("|", "/").replace("{}", ELLIPSIS))
    return text[:1].upper() + text[1:] if text else ""
