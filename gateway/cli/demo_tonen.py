"""The demo for a person: what went out, what stayed home and why, who had to agree, and the proof."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from schemas.messages.opp import Ontwikkelingsperspectief

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

_UNSEEN = {
    "aangehouden": "aangehouden",
    "geweigerd": "geweigerd",
    "ingetrokken": "ingetrokken",
    "vanEenAnder": "van een ander",
    "bestaatNiet": "bestaat niet",
}


def show(data: dict[str, Any], console: Console, *, own: bool) -> None:
    """Show the story. `own` says that it is about our own dossier, in which nobody is real."""
    who = "Alle mensen en organisaties zijn verzonnen" + ("." if own else ", op het dossier na dat u meegaf.")
    console.print(Text.assemble(("\nOZlijn ", "bold"), f"op {data['datum']}. {who}"))
    for number, step in enumerate(data["stappen"], 1):
        console.print()
        style = _STYLE.get(step["stap"], "blue")
        console.rule(f"[bold]{number}  {escape(step['titel'])}", align="left", style=style)
        for part in _SHOW.get(step["stap"], _outcome)(step):
            if isinstance(part, Text) and part.no_wrap:
                console.print(part, crop=False, soft_wrap=True)
            else:
                console.print(Padding(part, (0, 0, 0, 2), expand=False))
    console.print(Text("\nOpenbare sleutel van de verantwoording:", "bold"))
    console.print(_whole(data["sleutel"]), soft_wrap=True)
    if "gateway" in data:
        _reachable(data["gateway"], console)


def _reachable(gateway: dict[str, Any], console: Console) -> None:
    console.print("\nTokens van de verzonnen systemen, tien minuten geldig:")
    for client, token in gateway["tokens"].items():
        console.print(f"  {client}: {token}", soft_wrap=True)
    console.print(Text("\nOpen dit adres en log met één klik in als wie u wilt:", "bold"))
    console.print(f"  {gateway['adres']}/", soft_wrap=True)
    for person in gateway["mensen"].values():
        console.print(f"    {person}", soft_wrap=True)
    console.print("De gateway blijft draaien tot u stopt met Ctrl-C.")


def _recorded(step: dict[str, Any]) -> list[RenderableType]:
    return [
        Text(f"De leerling is {step['leeftijd']} jaar ({_BAND[step['band']]})."),
        Text(f"Gezag: {len(step['gezag'])} ouders samen. Een van hen heeft toestemming gegeven."),
        Text(f"De toestemming geldt voor: {', '.join(step['soortenGegevens'])}."),
    ]


def _dossier(step: dict[str, Any]) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text(f"De leerling is op deze dag {step['leeftijd']} jaar ({_BAND[step['band']]})."),
    ]
    inzage = step["inzage"]
    if inzage is None:
        parts.append(Text("Inzage: het dossier zegt niet wat ouders ervan vonden. Dat telt niet als ja."))
    else:
        seen = {True: "ja", False: "nee", None: "onbekend"}[inzage.get("ingezien")]
        parts.append(
            Text(
                f"Ouders zagen het dossier in: {seen}. "
                f"Akkoord met de inhoud: {inzage.get('akkoord', 'onbekend')}. "
                f"Toestemming voor die andere overdracht: {inzage.get('toestemming', 'onbekend')}."
            )
        )
        if inzage.get("akkoord") in ("Nee", "Onbekend"):
            parts.append(
                Text(
                    "Niet akkoord met de inhoud: geen enkel gegeven uit dit dossier gaat mee, "
                    "wie er verder ook tekent. Toestemming voor de overdracht naar het "
                    "samenwerkingsverband verandert dat niet.",
                    style="red",
                )
            )
    out = [name for name, value in step["categorieStatus"].items() if value == "OPT-UIT"]
    if out:
        parts.append(
            Text(
                f"Uitgezet (OPT-UIT), dus niet in de levering: {', '.join(out)}.",
                "red",
            )
        )
    parts.append(
        Text(
            f"Levende wettelijk vertegenwoordigers in het dossier: {step['wettelijkVertegenwoordigers']}. "
            "Dat is een aanwijzing, geen gezag: de school controleert het in het gezagsregister."
        )
    )
    if step["bevindingen"]:
        parts.append(_findings(step["bevindingen"]))
    return parts


def _findings(found: list[dict[str, Any]]) -> Table:
    """Each finding once, with all the places where it was made."""
    table = Table.grid(padding=(0, 1))
    table.add_row(Text("Opgemerkt bij het lezen:", "bold"))
    places: dict[str, list[str]] = {}
    for b in found:
        places.setdefault(b["tekst"], []).append(b["plaats"])
    for text, where in places.items():
        more = f" en nog {len(where) - 1} keer" if len(where) > 1 else ""
        table.add_row(Text.assemble(f"· {text} ", (f"({where[0]}{more})", "dim"), overflow="fold"))
    return table


def _preview(step: dict[str, Any]) -> list[RenderableType]:
    agreed = step["alsIedereenToestemt"]
    return [
        Text.assemble("Nu: ", _code(step["uitkomst"]), f"  {_why(step)}"),
        Text("\nAls iedereen die moet tekenen toestemt:", "bold"),
        _goes(agreed),
        *_stays_in_short(agreed),
    ]


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
    parts += [_goes(levering), _stays(levering), _history(levering)]
    return [*parts, *_content(step)]


def _hold(step: dict[str, Any]) -> list[RenderableType]:
    receipt = step["ontvangstbewijs"]["jws"]
    payload = receipt.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return [
        _state(step["levering"]),
        _signers(step["levering"]["ondertekenaars"]),
        _history(step["levering"]),
        Text(f"\nOntvangstbewijs, ondertekend door {claims['logNaam']}:", "bold"),
        Text(f"aangenomen op {_moment(claims['ontvangenOp'])}, blad {claims['bladHash']}"),
        _whole(receipt),
    ]


def _received(step: dict[str, Any]) -> list[RenderableType]:
    return [_state(step["levering"]), *_content(step), _history(step["levering"])]


def _content(step: dict[str, Any]) -> list[RenderableType]:
    if not step.get("ontvangen"):
        return []
    parts: list[RenderableType] = [
        Text("\nDit kreeg de ontvanger:", "bold"),
        _json(step["ontvangen"]["inhoud"]),
        Text(f"Hash waarvoor is getekend: {step['ontvangen']['hash']}", "dim"),
    ]
    if "gelijkAanVoorvertoning" in step:
        same = "ja" if step["gelijkAanVoorvertoning"] else "NEE"
        parts.append(Text(f"Byte voor byte gelijk aan de voorvertoning van vlak daarvoor: {same}."))
    return parts


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
    table = _table("Hoe het echt zit", "Antwoord aan de ontvanger")
    for name, status in step["statussen"].items():
        table.add_row(_UNSEEN[name], f"{status} {step['antwoord']['title']}")
    same = "byte voor byte gelijk" if step["gelijk"] else "NIET GELIJK"
    return [table, Text(f"De vijf antwoorden zijn {same}.")]


def _proof(step: dict[str, Any]) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2))
    for p in step["punten"]:
        table.add_row(_good(good=p["goed"]), p["naam"], p["uitleg"])
    log = step["verantwoording"]
    forged = "geldig?!" if step["vervalstGeldig"] else "ongeldig, zoals het hoort"
    return [
        table,
        Text(f"Hetzelfde bewijs met een gewijzigd doel: {forged}."),
        Text(
            f"\nDe hele verantwoording: {log['regels']} regels, "
            f"{'in orde' if log['goed'] else 'NIET IN ORDE'}, {log['bewezen']} gedekt "
            "door het checkpoint dat de FG bewaart:"
        ),
        _whole(step["checkpoint"].strip()),
    ]


def _promises(step: dict[str, Any]) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2))
    for b in step["beloften"]:
        table.add_row(_good(good=b["gehouden"]), _code(b["code"]), b["uitleg"])
    return [table]


def _good(*, good: bool) -> Text:
    return Text("goed", "green") if good else Text("FOUT", "bold red")


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
    "samenvatting": _promises,
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
    table = _table("Wie moet tekenen", "Stand", "Nog niet voor")
    for s in found:
        who = s["hoedanigheid"] or "nog niet bekend wie"
        if s["persoonId"]:
            who += f" ({s['persoonId'][:8]})"
        table.add_row(who, s["uitleg"], ", ".join(s["zonder"]))
    return table


def _goes(found: dict[str, Any]) -> Table:
    table = _table("Gaat mee", "Velden")
    for categorie, velden in _by_category(found["meegegeven"]):
        table.add_row(Text(categorie, "green"), _names(velden))
    if not found["meegegeven"]:
        table.add_row(Text("niets", "red"), "")
    return table


def _stays(found: dict[str, Any]) -> Table:
    """What stays home, by reason, category and field."""
    table = _table("Blijft thuis", "Velden, met de reden")
    for group in found["achtergehouden"]:
        table.add_row("", Text(f"{group['uitleg']} [{group['reden']}]", "red"))
        for categorie, velden in _by_category(group["velden"]):
            table.add_row(categorie, _names(velden))
    return table


def _stays_in_short(found: dict[str, Any]) -> list[RenderableType]:
    return [
        Text(f"Blijft thuis: {len(group['velden'])} velden. {group['uitleg']} [{group['reden']}]")
        for group in found["achtergehouden"]
    ]


def _table(*columns: str) -> Table:
    """A table with few lines and no edge. A text that does not fit goes on in the next line."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, title_justify="left", title_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


_CATEGORIE = {b.pad: b.categorie.value for b in Ontwikkelingsperspectief.bladen}


def _by_category(velden: list[str]) -> list[tuple[str, list[str]]]:
    grouped: dict[str, list[str]] = {}
    for veld in velden:
        grouped.setdefault(_CATEGORIE[veld], []).append(veld)
    return sorted(grouped.items())


def _names(velden: list[str]) -> str:
    """Field paths, those with a shared beginning together."""
    grouped: dict[str, list[str]] = {}
    for veld in velden:
        head, _, tail = veld.rpartition(".")
        grouped.setdefault(head, []).append(tail)
    return "; ".join(
        f"{head}: {', '.join(tails)}" if head else ", ".join(tails) for head, tails in grouped.items()
    )


def _history(levering: dict[str, Any]) -> Table:
    table = _table("Wanneer (UTC)", "Wat gebeurde er", "Stand")
    for h in levering["geschiedenis"]:
        table.add_row(_moment(h["op"]), h["tekst"], h["status"])
    return table


def _moment(text: str) -> str:
    return text.replace("T", " ")[:19]


def _whole(text: str) -> Text:
    """A text for copying: on a line of its own, at the margin, and never broken."""
    return Text(text, "dim", no_wrap=True, overflow="ignore")


def _json(content: Any) -> Syntax:
    text = json.dumps(content, ensure_ascii=False, indent=2)
    return Syntax(text, "json", theme="ansi_light", background_color="default", word_wrap=True)
