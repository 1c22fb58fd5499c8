"""The demo for a person: what went out, what stayed home and why, who had to agree, and the proof."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from schemas.berichten import BERICHTEN

_STYLE = {
    "PERMIT": "green",
    "PERMIT_REDUCED": "green",
    "HOLD": "yellow",
    "DENY": "red",
    "ERROR": "red",
    "404": "magenta",
}
_BAND = {
    "A": "jonger dan 12: wie gezag heeft, beslist",
    "B": "12 tot en met 15: wie gezag heeft en de leerling zelf",
    "C": "16 of 17: de leerling zelf",
    "D": "18 of ouder: de persoon zelf",
}


def show(data: dict[str, Any], console: Console) -> None:
    console.print()
    console.print(
        Text.assemble(
            ("OZlijn ", "bold"),
            f"op {data['datum']}. Alle mensen en organisaties zijn verzonnen, "
            "op het dossier na dat u zelf meegaf.",
        )
    )
    for number, step in enumerate(data["stappen"], 1):
        parts = _SHOW.get(step["stap"], _outcome)(step)
        title = Text.assemble((f" {number}  ", "bold"), (step["titel"], "bold"), " ")
        console.print(
            Panel(
                Group(*parts),
                title=title,
                title_align="left",
                border_style=_STYLE.get(step["stap"], "blue"),
                padding=(1, 2),
            )
        )
    console.print(f"Openbare sleutel van de verantwoording: {data['sleutel']}", soft_wrap=True)


def _recorded(step: dict[str, Any]) -> list[RenderableType]:
    return [
        Text(f"De leerling is {step['leeftijd']}: {_BAND[step['band']]}."),
        Text(f"Gezag: {len(step['gezag'])} ouders samen. Een van hen heeft toestemming gegeven."),
    ]


def _dossier(step: dict[str, Any]) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text(f"De leerling is op deze dag {step['leeftijd']}: {_BAND[step['band']]}."),
    ]
    inzage = step["inzage"]
    if inzage is None:
        parts.append(Text("Inzage: het dossier zegt niet wat ouders ervan vonden. Dat telt niet als ja."))
    else:
        seen = {True: "ja", False: "nee", None: "onbekend"}[inzage.get("ingezien")]
        parts.append(
            Text(
                f"Ouders zagen het dossier in: {seen}. Akkoord met de inhoud: {inzage.get('akkoord', 'onbekend')}. "
                f"Toestemming voor die andere overdracht: {inzage.get('toestemming', 'onbekend')}."
            )
        )
        if inzage.get("akkoord") in ("Nee", "Onbekend"):
            parts.append(
                Text(
                    "Niet akkoord met de inhoud: geen enkel gegeven uit dit dossier gaat mee, wie er verder ook "
                    "tekent. Toestemming voor de overdracht naar het samenwerkingsverband verandert dat niet.",
                    style="red",
                )
            )
    out = [name for name, value in step["categorieStatus"].items() if value == "OPT-UIT"]
    if out:
        parts.append(
            Text(
                f"Uitgezet (OPT-UIT), dus niet in het dossier en niet in de levering: {', '.join(out)}.",
                "red",
            )
        )
    parts.append(
        Text(
            f"Het dossier noemt {step['wettelijkVertegenwoordigers']} levende wettelijk vertegenwoordigers. Dat is "
            "een aanwijzing, geen gezag: de school controleert het in het gezagsregister."
        )
    )
    if step["bevindingen"]:
        parts.append(_findings(step["bevindingen"]))
    return parts


def _findings(found: list[dict[str, Any]]) -> Table:
    table = Table("Bevinding", "Plaats in het dossier", title="Opgemerkt bij het lezen", title_justify="left")
    for b in found:
        table.add_row(b["tekst"], b["plaats"])
    return table


def _preview(step: dict[str, Any]) -> list[RenderableType]:
    agreed = step["alsIedereenToestemt"]
    parts: list[RenderableType] = [
        Text.assemble("Nu: ", _code(step["uitkomst"]), f"  {_why(step)}"),
        Text(""),
        Text("Als iedereen die moet tekenen toestemt:", "bold"),
        _fields(agreed),
    ]
    if agreed["levering"] is not None:
        parts += [Text("Byte voor byte:", "dim"), _json(json.loads(agreed["levering"]["inhoud"]))]
    return parts


def _signers_step(step: dict[str, Any]) -> list[RenderableType]:
    return [
        Text("De school heeft het gezag gecontroleerd en vastgelegd (in deze demo verzonnen).", "dim"),
        _signers(step["ondertekenaars"]),
        Text.assemble("Zonder hun verklaring: ", _code(step["uitkomst"]), f"  {_why(step)}"),
    ]


def _outcome(step: dict[str, Any]) -> list[RenderableType]:
    levering = step["levering"]
    parts: list[RenderableType] = [_state(levering)]
    if levering["ondertekenaars"]:
        parts.append(_signers(levering["ondertekenaars"]))
    parts += [_fields(levering), _history(levering)]
    if step.get("ontvangen"):
        parts += [Text("Dit kreeg de ontvanger:", "bold"), _json(step["ontvangen"]["inhoud"])]
    return parts


def _hold(step: dict[str, Any]) -> list[RenderableType]:
    receipt = step["ontvangstbewijs"]["jws"]
    return [
        _state(step["levering"]),
        _signers(step["levering"]["ondertekenaars"]),
        _history(step["levering"]),
        Text.assemble(("Ontvangstbewijs, ondertekend: ", "bold"), f"{receipt[:60]}…"),
    ]


def _received(step: dict[str, Any]) -> list[RenderableType]:
    parts: list[RenderableType] = [_state(step["levering"])]
    parts += [Text("Dit kreeg de ontvanger:", "bold"), _json(step["ontvangen"]["inhoud"])]
    parts += [Text(f"Vingerafdruk waarvoor is getekend: {step['ontvangen']['hash']}", "dim")]
    return [*parts, _history(step["levering"])]


def _denied(step: dict[str, Any]) -> list[RenderableType]:
    return [
        Text(f"De levering stond eerst {step['eerst']}. Ophalen gaf daarna {step['ophalen']}."),
        _state(step["levering"]),
        _history(step["levering"]),
    ]


def _error(step: dict[str, Any]) -> list[RenderableType]:
    same = "ja" if step["nietsVeranderd"] else "NEE"
    return [
        Text(f"Antwoord: {step['status']} {step['probleem']['title']} [{step['code']}]"),
        Text(step["probleem"]["detail"]),
        Text(f"Is alles zoals het was: {same}."),
        Text(f"Later nog eens, met dezelfde Idempotency-Key: {step['daarnaMetDezelfdeSleutel']}."),
    ]


def _same_404(step: dict[str, Any]) -> list[RenderableType]:
    table = Table("Hoe het echt zit", "Antwoord aan de ontvanger")
    for name, status in step["statussen"].items():
        table.add_row(name, str(status))
    same = "byte voor byte gelijk" if step["gelijk"] else "NIET GELIJK"
    return [table, Text(f"De vijf antwoorden zijn {same}: {step['antwoord']['title']}.")]


def _proof(step: dict[str, Any]) -> list[RenderableType]:
    table = Table("Controle", "", "Uitleg")
    for p in step["punten"]:
        table.add_row(p["naam"], Text("goed", "green") if p["goed"] else Text("FOUT", "red"), p["uitleg"])
    log = step["verantwoording"]
    forged = "geldig?!" if step["vervalstGeldig"] else "ongeldig, zoals het hoort"
    return [
        table,
        Text(f"Hetzelfde bewijs met een gewijzigd doel: {forged}."),
        Text(
            f"De hele verantwoording: {log['regels']} regels, {'in orde' if log['goed'] else 'NIET IN ORDE'}, "
            f"{log['bewezen']} gedekt door het checkpoint dat de FG bewaart:"
        ),
        Text(step["checkpoint"].strip(), "dim"),
    ]


_SHOW: dict[str, Callable[[dict[str, Any]], list[RenderableType]]] = {
    "vastgelegd": _recorded,
    "dossier": _dossier,
    "voorvertoning": _preview,
    "ondertekenaars": _signers_step,
    "HOLD": _hold,
    "PERMIT_REDUCED": _outcome,
    "opgehaald": _received,
    "terugkoppeling": _received,
    "DENY": lambda step: _denied(step) if "eerst" in step else _outcome(step),
    "ERROR": _error,
    "404": _same_404,
    "bewijs": _proof,
}


def _code(outcome: str) -> Text:
    return Text(outcome, _STYLE.get(outcome, "") + " bold")


def _why(step: dict[str, Any]) -> str:
    return " ".join(r["uitleg"] for r in step["redenen"])


def _state(levering: dict[str, Any]) -> RenderableType:
    lines = Text.assemble(
        ("Stand: ", "bold"), levering["status"], "   ", _code(levering["uitkomst"]), f"\n{levering['uitleg']}"
    )
    for r in levering["redenen"]:
        lines.append(f"\n· {r['uitleg']} [{r['code']}]")
    if levering["volgendeStap"]:
        lines.append(f"\nVolgende stap: {levering['volgendeStap']}", "bold")
    return lines


def _signers(found: list[dict[str, Any]]) -> Table:
    table = Table("Wie moet tekenen", "Stand", "Nog niet voor")
    for s in found:
        who = s["hoedanigheid"] or "nog niet bekend wie"
        if s["persoonId"]:
            who += f" ({s['persoonId'][:8]})"
        table.add_row(who, s["uitleg"], ", ".join(s["zonder"]))
    return table


def _fields(found: dict[str, Any]) -> Table:
    """Per category and field: what goes, what stays home and why."""
    table = Table("Soort gegevens", "Gaat mee?", "Velden", show_lines=True)
    rows: dict[str, list[tuple[Text, str]]] = {}
    for categorie, velden in _by_category(found["meegegeven"]):
        rows.setdefault(categorie, []).append((Text("ja", "green"), _names(velden)))
    for group in found["achtergehouden"]:
        why = Text.assemble(("nee: ", "red"), f"{group['uitleg']} [{group['reden']}]")
        for categorie, velden in _by_category(group["velden"]):
            rows.setdefault(categorie, []).append((why, _names(velden)))
    for categorie, lines in rows.items():
        for i, (goes, names) in enumerate(lines):
            table.add_row("" if i else categorie, goes, names)
    if not found["meegegeven"]:
        table.caption = "Er gaat niets mee."
    return table


_CATEGORIE = {b.pad: b.categorie.value for t in BERICHTEN.values() for b in t.bladen}


def _by_category(velden: list[str]) -> list[tuple[str, list[str]]]:
    grouped: dict[str, list[str]] = {}
    for veld in velden:
        grouped.setdefault(_CATEGORIE[veld], []).append(veld)
    return sorted(grouped.items())


def _names(velden: list[str]) -> str:
    """Leaf paths with a shared beginning together."""
    grouped: dict[str, list[str]] = {}
    for veld in velden:
        head, _, tail = veld.rpartition(".")
        grouped.setdefault(head, []).append(tail)
    return "; ".join(
        f"{head}: {', '.join(tails)}" if head else ", ".join(tails) for head, tails in grouped.items()
    )


def _history(levering: dict[str, Any]) -> Table:
    table = Table("", "Wanneer (UTC)", "Wat gebeurde er", "Stand", title="Geschiedenis", title_justify="left")
    for h in levering["geschiedenis"]:
        moment = h["op"].replace("T", " ")[:19]
        table.add_row(str(h["volgnummer"]), moment, h["tekst"], h["status"])
    return table


def _json(content: Any) -> Syntax:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return Syntax(text, "json", theme="ansi_light", background_color="default", word_wrap=True)
