"""A practice that was played, for a person: as lines, as data, and as one page with a picture.

The page is one file: no script, no font or picture from elsewhere, and no value of a person but those in the
invented practice itself.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from html import escape
from typing import Any, Final

from gateway.cli.spelen import Gespeeld, Uitgevoerd
from gateway.explain.teksten import datum
from gateway.practices.dekking import BEENSTANDEN, Beenstand, Rijdekking
from gateway.practices.spel import LEERLING, Spel, Werkwoord
from schemas.messages.toeleiding import Route
from schemas.people.hoedanigheden import Partijhoedanigheid

_STAND: Final[Mapping[str, str]] = {
    "aangehouden": "wacht",
    "klaar": "staat klaar",
    "bevestigd": "aangekomen en getekend",
    "geweigerd": "gaat niet",
    "ingetrokken": "ingetrokken",
    "vervallen": "vervallen",
}
_BERICHT: Final[Mapping[str, str]] = {
    "hulpvraag": "een hulpvraag",
    "overlegset": "een uitnodiging voor een overleg",
    "overleguitkomst": "de uitkomst van een overleg",
    "terugkoppeling": "een bericht terug",
    "toeleidingsbesluit": "een besluit over hulp",
    "aanvraag_voorziening": "een aanvraag",
    "aanvraag_antwoord": "een antwoord op een aanvraag",
    "opp_uittreksel": "een deel van het OPP",
    "gezamenlijk_plan": "een gezamenlijk plan",
    "voortgangsbericht": "hoe het gaat",
    "overstapset": "wat mee moet bij een overstap",
    "overgang_volwassenheid": "wat er bij achttien verandert",
    "terugkeer": "een terugkeer",
    "verzuimsignaal": "een melding van verzuim",
    "voorwaarden": "afspraken over uren of vervoer",
    "escalatie": "dat het vastzit",
    "inzageoverzicht": "wat er over hem is gestuurd",
}
_WEG: Final[Mapping[str, str]] = {
    Route.COLLECTIEF: "het collectieve aanbod op school",
    Route.INDIVIDUEEL: "een eigen aanvraag bij die gemeente",
    Route.VOORFINANCIEREN_EN_VERREKENEN: "de hulp begint, en wordt daarna met die gemeente verrekend",
    Route.NIET_GEDEKT: "daarvoor is niets afgesproken",
    Route.PER_GEVAL: "die gemeente beslist per geval, met het gezin",
}
"""What the rules of a region say of who lives somewhere."""
_HOEK: Final = {
    "toeleiding": "hoe iemand hulp krijgt",
    "woonplaats": "welke gemeente",
    "toestemming": "wie ja zegt, waarvoor",
    "weigering": "iemand zegt nee",
}


def step_lines(s: Mapping[str, Any]) -> list[str]:
    """One step as a layman follows it: who does what, why it may, what stays home."""
    who = ", ".join(s["wie"])
    lines = [f"{s['nr']:2}  {head(s, who)}"]
    if s["zegt"]:
        lines.append(f"    {s['zegt']}")
    lines += [f"    {name}: {said}" for name, said in facts(s)]
    return lines


_DOET: Final[Mapping[str, Callable[[Mapping[str, Any], str], str]]] = {
    Werkwoord.STUURT: lambda s, who: f"{who} stuurt aan {s['aan']}: {_words(s)}",
    Werkwoord.NEEMT: lambda s, who: (
        f"{who} haalt op van {s['van']}: {_words(s)}" if "van" in s else f"{who} haalt op"
    ),
    Werkwoord.STEMT_TOE: lambda _, who: f"{who}: ja",
    Werkwoord.WEIGERT: lambda _, who: f"{who}: nee",
    Werkwoord.TREKT_IN: lambda _, who: f"{who}: toch niet meer",
    Werkwoord.VINDT_NIETS: lambda _, who: f"{who} kijkt, en vindt niets",
    Werkwoord.GAAT_VERDER: lambda s, _: f"{s.get('dagen', '')} dagen later".strip(),
    Werkwoord.WOONPLAATS: lambda _, who: f"{who} vraagt welke gemeente het is",
    Werkwoord.KIJKT: lambda _, who: f"{who} kijkt hoe het staat",
    Werkwoord.STELT_VAST: lambda s, who: f"{who} stelt vast, voor {s.get('aan', '')}",
    Werkwoord.BIEDT_AAN: lambda s, who: f"{who} legt vast: de leerling gaat naar {s.get('aan', '')}",
    Werkwoord.AANVAARDT: lambda _, who: f"{who} zegt: dit is een leerling van ons",
    Werkwoord.MELDT_THUIS: lambda s, who: (
        f"{who} legt vast: thuiszitten, {s.get('gebeurtenis', '').replace('_', ' ')}"
    ),
    Werkwoord.LEEST_TELLER: lambda _, who: f"{who} leest de eigen teller",
    Werkwoord.OPENT_ZAAK: lambda _, who: f"{who} opent een zaak",
    Werkwoord.ZET_STAP: lambda s, who: f"{who} in de zaak: {_set(s)}",
    Werkwoord.LEEST_ZAAK: lambda _, who: f"{who} leest de zaak",
    Werkwoord.PLANT_OVERLEG: lambda _, who: f"{who} plant een overleg",
    Werkwoord.ZET_OVERLEGSTAP: lambda s, who: f"{who} in het overleg: {_set(s)}",
    Werkwoord.LEEST_OVERLEG: lambda _, who: f"{who} leest het overleg",
    Werkwoord.WEEGT_AF: lambda s, who: f"{who}: twee mensen wegen af, voor {s.get('aan', '')}",
    Werkwoord.VRAAGT_ANONIEM: lambda _, who: f"{who} vraagt raad zonder naam",
}
"""What a step is, by its verb: one that ended early has not everything."""


def head(s: Mapping[str, Any], who: str) -> str:
    return _DOET[s["doet"]](s, who)


def _set(s: Mapping[str, Any]) -> str:
    """Which step it was, and about whom."""
    return ", ".join([s.get("gezet", "").replace("_", " "), *([s["wie_erbij"]] if "wie_erbij" in s else [])])


def _words(s: Mapping[str, Any]) -> str:
    return _BERICHT.get(s["bericht"], s["bericht"])


def facts(s: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What came of a step, each with its name."""
    found: list[tuple[str, str]] = []
    if s["toont"]:
        found.append(("Laat zien", ", ".join(_HOEK[h] for h in s["toont"])))
    found += [("Vraag", v) for v in s.get("vragen", ())]
    if "waarom" in s:
        found.append(("Mag het", s["waarom"]))
    found += [("De lijn neemt het niet aan", f"{f['tekst']} [{f['code']}]") for f in s.get("geweigerd", ())]
    if "stand" in s:
        found.append(("Stand", f"{_STAND.get(s['stand'], s['stand'])}. {s.get('uitleg', '')}".strip()))
    if s.get("stand") in {"aangehouden", "geweigerd"}:
        found += [("Omdat", f"{r['tekst']} [{r['code']}]") for r in s.get("redenen", ())]
    if s.get("gekregen"):
        found.append(("Kreeg", "; ".join(s["gekregen"])))
    if "gekregen" in s:
        found += [
            ("Bleef thuis", f"{'; '.join(g['namen'])}. {g['tekst']} [{g['reden']}]") for g in s["thuis"]
        ]
    found += _recorded(s)
    if s.get("gemeente"):
        found.append(("Gemeente", f"{s['gemeente']}, {s['zekerheid']} ({s['grond']})"))
    if s.get("weg"):
        found.append(("Weg", _WEG[s["weg"]]))
    if "antwoord" in s:
        found.append(("Antwoord", f"{s['antwoord']}. Hetzelfde als wanneer er nooit iets was."))
    return found


def _recorded(s: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was put on record or asked: facts, a counter, a zaak, an overstap, a question without a name."""
    found: list[tuple[str, str]] = []
    if "zonderNaam" in s:
        found.append(("De vraag", s["zonderNaam"]))
    for name in ("wel", "niet"):
        said = ", ".join(n.replace("_", " ") for n in s.get(name, ()))
        found += [(name.capitalize(), said)] if said else []
    if s.get("functie"):
        found.append(("In de functie van", s["functie"].replace("_", " ")))
    if "overleg" in s:
        found.append(("Het overleg", s["overleg"]["fase"]))
    if s.get("voorHem") is False:
        found.append(("Aan tafel", "dit onderdeel is niet voor hem"))
    if "zaak" in s:
        found += [("De zaak", said) for said in _case(s["zaak"], whole=s["doet"] == Werkwoord.LEEST_ZAAK)]
    if s.get("dagenThuis") is not None:
        offer = "met" if s["aanbod"] else "zonder"
        found.append(("Teller", f"{s['dagenThuis']} dagen thuis, {offer} passend aanbod"))
    if s.get("meegaan"):
        found += [("Daarna", ", ".join(f"{feit}: {dan.replace('_', ' ')}" for feit, dan in _carried(s)))]
    return found


def _case(zaak: Mapping[str, Any], *, whole: bool) -> list[str]:
    """A zaak in the words of who looks: how it stands, who takes part as far as he knows; and what is open,
    where that was asked.
    """
    lines = [zaak["status"].replace("_", " ") + (", u bent regisseur" if zaak.get("uBentRegisseur") else "")]
    if partners := zaak.get("partners"):
        lines.append(f"doen mee, voor zover hier bekend: {', '.join(p['partij'] for p in partners)}")
    return lines + [f"{b['code']}: {b['tekst']}" for b in zaak.get("bevindingen", ()) if whole]


def _carried(s: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What goes along to another school and what must be asked again; what stays behind is left out."""
    return [(m["feit"], m["dan"]) for m in s["meegaan"] if m["dan"] != "blijft_achter"]


def story_lines(done: Uitgevoerd, rij: Rijdekking) -> list[str]:
    spel = done.spel
    lines = [f"{spel.id}  {spel.titel}", f"{spel.regio}, op {spel.vandaag}. Iedereen is verzonnen.", ""]
    if spel.regiobestand is not None:
        lines.insert(2, f"Onder de regels van de regio {spel.regiobestand}.")
    lines += [f"  {p.naam}: {p.hoedanigheid}" for p in spel.partijen]
    lines += [f"  {m.naam}: {m.hoedanigheid}{', met gezag' if m.gezag else ''}" for m in spel.mensen]
    lines += [f"  {k.naam}: leerling, geboren {k.geboren}" for k in (spel.leerling, *spel.leerlingen)]
    for verhaal in done.verhalen:
        lines += ["", f"── {verhaal.naam}", ""]
        for s in verhaal.stappen:
            lines += step_lines(s)
        if verhaal.anders is not None:
            lines.append(f"ANDERS DAN HET BESTAND ZEGT: {verhaal.anders}")
        elif verhaal.einde is not None:
            lines.append(f"Einde: {verhaal.einde['zegt']}")
    beside = beside_lines(rij)
    if beside:
        lines += ["", "Wat niet over de lijn gaat:", *(f"  {line}" for line in beside)]
    lines += ["", "Gespeeld: alles kwam uit zoals het bestand zegt." if done.gelukt else "NIET GESPEELD."]
    return lines


def beside_lines(rij: Rijdekking) -> list[str]:
    """The legs of the card that the line does not carry, and why; nothing of them was played."""
    away = {Beenstand.BUITEN, Beenstand.WACHT, Beenstand.ZELF, Beenstand.REGEL}
    found = [f"{b.been}: {BEENSTANDEN[b.stand]}" for b in rij.benen if b.stand in away]
    found += [f"{wie}: heeft geen code, en is geen partij op de lijn" for wie in rij.praktijk.zonder_code]
    return found + ([rij.praktijk.afwijking] if rij.praktijk.afwijking else [])


def as_data(done: Uitgevoerd, rij: Rijdekking) -> dict[str, Any]:
    spel = done.spel
    return {
        "id": spel.id,
        "titel": spel.titel,
        "regio": spel.regio,
        "regiobestand": spel.regiobestand,
        "datum": spel.vandaag.isoformat(),
        "gespeeld": done.gelukt,
        "partijen": [
            {"naam": p.naam, "id": p.id, "hoedanigheid": p.hoedanigheid, "aangesloten": p.aangesloten}
            for p in spel.partijen
        ],
        "mensen": [{"naam": m.naam, "hoedanigheid": m.hoedanigheid, "gezag": m.gezag} for m in spel.mensen],
        "verhalen": [
            {"naam": v.naam, "stappen": v.stappen, "einde": v.einde, "anders": v.anders}
            for v in done.verhalen
        ],
        "nietOverDeLijn": beside_lines(rij),
    }


# ── the page

_CSS: Final = """
:root { --ink: #1d2733; --soft: #5b6875; --line: #d5dbe1; --paper: #ffffff; --back: #f4f6f8; }
* { box-sizing: border-box }
body { margin: 0; background: var(--back); color: var(--ink); line-height: 1.5;
  font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: 1.6rem; margin: 0 0 .25rem } h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem }
h3 { font-size: 1rem; margin: 0 } p { margin: .35rem 0 }
.soft { color: var(--soft) } .kaart { background: var(--paper); border: 1px solid var(--line);
  border-radius: .5rem; padding: 1rem }
figure { margin: 1rem 0; overflow-x: auto } svg { width: 100%; height: auto; display: block }
figure:focus-visible { outline: 3px solid #1f5fa8 }
ol.tijd { list-style: none; margin: 0; padding: 0; border-left: 2px solid var(--line) }
ol.tijd > li { position: relative; padding: 0 0 1.1rem 1.5rem }
ol.tijd > li::before { content: attr(data-nr); position: absolute; left: -.85rem; top: 0; width: 1.6rem;
  height: 1.6rem; border-radius: 50%; background: var(--paper); border: 2px solid var(--soft);
  font-size: .75rem; line-height: 1.35rem; text-align: center }
li.gaat::before { border-color: #2e7d32 !important } li.wacht::before { border-color: #b8860b !important }
li.niet::before { border-color: #b3261e !important } li.mens::before { border-color: #1f5fa8 !important }
time { color: var(--soft); font-size: .85rem }
dl { display: grid; grid-template-columns: 9.5rem 1fr; gap: .15rem .75rem; margin: .4rem 0 0;
  font-size: .92rem }
dt { color: var(--soft) } dd { margin: 0; overflow-wrap: anywhere }
dd.thuis { border-left: 3px solid #c98a00; padding-left: .5rem }
.uit { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; font-size: .85rem }
.uit.ja { background: #dcefdc } .uit.nee { background: #f6d5d2 }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr } dt { margin-top: .35rem }
  svg { min-width: 46rem } main { padding: 1rem .5rem 3rem } }
@media print { body { background: none } main { max-width: none } .kaart { border: 0; padding: 0 }
  svg { min-width: 0 } ol.tijd > li, figure { break-inside: avoid } h2, h3 { break-after: avoid }
  section + section { break-before: page } }
"""


def page(played: Sequence[tuple[Uitgevoerd, Rijdekking]]) -> str:
    """One page with every practice that was played."""
    titles = ", ".join(d.spel.id for d, _ in played)
    body = "\n".join(_practice(d, r) for d, r in played)
    return (
        '<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>OZlijn: {escape(titles)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n<main>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def _practice(done: Uitgevoerd, rij: Rijdekking) -> str:
    spel = done.spel
    told = "gespeeld zoals het bestand zegt" if done.gelukt else "niet gespeeld"
    state = "ja" if done.gelukt else "nee"
    head_ = (
        f'<section id="{spel.id}">\n<p class="soft">{spel.id} · {escape(rij.praktijk.naam)}</p>\n'
        f"<h1>{escape(spel.titel)}</h1>\n"
        f'<p class="soft">{escape(spel.regio)}, op {datum(spel.vandaag)}. Iedereen is verzonnen. '
        f'<span class="uit {state}">{told}</span></p>\n'
        f"<p><strong>Waar het om gaat.</strong> {escape(rij.praktijk.toestemming)}</p>\n"
    )
    shown = svg(spel, done.verhalen[0], spel.id)
    told_as = 'class="kaart" tabindex="0" aria-label="Wie wat aan wie stuurde"'
    picture = f"<figure {told_as}>\n{shown}\n</figure>\n"
    stories = "\n".join(_told(v) for v in done.verhalen)
    beside = "".join(f"<li>{escape(line)}</li>\n" for line in beside_lines(rij))
    away = f"<h2>Wat niet over de lijn gaat</h2>\n<ul>\n{beside}</ul>\n" if beside else ""
    return f"{head_}{picture}{stories}\n{away}</section>"


def _told(v: Gespeeld) -> str:
    items = "\n".join(_item(s) for s in v.stappen)
    state, said = ("nee", v.anders) if v.anders is not None else ("ja", (v.einde or {}).get("zegt", ""))
    word = "anders" if v.anders is not None else "einde"
    end = f'<p><span class="uit {state}">{word}</span> {escape(said)}</p>'
    return f'<h2>{escape(v.naam)}</h2>\n<div class="kaart">\n<ol class="tijd">\n{items}\n</ol>\n{end}\n</div>'


def _item(s: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<dt>{escape(name)}</dt><dd class="{_HOME.get(name, "")}">{escape(said)}</dd>'
        for name, said in facts(s)
    )
    why = f"<p>{escape(s['zegt'])}</p>" if s["zegt"] else ""
    body = f"<dl>{rows}</dl>" if rows else ""
    title = escape(head(s, ", ".join(s["wie"])))
    on = datum(dt.date.fromisoformat(s["moment"]))
    return (
        f'<li class="{_kind(s)}" data-nr="{s["nr"]}"><time datetime="{s["moment"]}">{on}</time>'
        f"<h3>{title}</h3>{why}{body}</li>"
    )


_HOME: Final = {"Bleef thuis": "thuis"}
"""What is marked on the page, by the name of the fact."""


def _kind(s: Mapping[str, Any]) -> str:
    if s["doet"] in {Werkwoord.STEMT_TOE, Werkwoord.WEIGERT, Werkwoord.TREKT_IN}:
        return "mens"
    if s.get("geweigerd") or s.get("stand") == "geweigerd":
        return "niet"
    return "wacht" if s.get("stand") == "aangehouden" else "gaat"


# ── the picture

_BOX: Final = (230, 62)
_MANY: Final = 5
"""From so many boxes one stands in the middle of the ring."""
_KLEUR: Final = {"gaat": "#2e7d32", "wacht": "#b8860b", "niet": "#b3261e"}
_SOORT: Final[Mapping[Partijhoedanigheid, str]] = {
    Partijhoedanigheid.ONDERWIJS: "#cfe3f5",
    Partijhoedanigheid.TOEGANG: "#fbefc4",
    Partijhoedanigheid.JEUGDHULP: "#d9edd8",
}


def svg(spel: Spel, verhaal: Gespeeld, naam: str) -> str:
    """The partijen in a ring, and an arrow for each message with its number in the story."""
    places, read = _places(spel), _readers(spel)
    width = _width(len(places))
    height = int(max(y for _, y in places.values()) + _BOX[1] / 2 + 84)
    steps = [s for s in verhaal.stappen if s["doet"] == Werkwoord.STUURT]
    by_name = {p.naam: p.sleutel for p in spel.partijen} | {naam: key for key, naam in read.items()}
    became = {s["nr"]: _became(s, verhaal.stappen) for s in steps}
    said = "; ".join(f"stap {s['nr']}: {s['wie'][0]} aan {s['aan']}, {became[s['nr']]}" for s in steps)
    box = f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="{naam}-titel {naam}-uitleg"'
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}>',
        f'<title id="{naam}-titel">Wie wat aan wie stuurde</title>',
        f'<desc id="{naam}-uitleg">{escape(said)}</desc>',
        "<defs>",
        *(
            f'<marker id="{naam}-{k}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            f'orient="auto-start-reverse"><path d="M0 0 10 5 0 10z" fill="{colour}"/></marker>'
            for k, colour in _KLEUR.items()
        ),
        "</defs>",
    ]
    ends = [(by_name[s["wie"][0]], by_name[s["aan"]]) for s in steps]
    many = Counter(map(frozenset, ends))
    seen: Counter[frozenset[str]] = Counter()
    for s, (van, aan) in zip(steps, ends, strict=True):
        pair = frozenset({van, aan})
        lane = seen[pair] - (many[pair] - 1) / 2
        seen[pair] += 1
        kind, number = became[s["nr"]], str(s["nr"])
        out += _arrow(places[van], places[aan], (kind, number, naam), lane if van < aan else -lane)
    for p in spel.partijen:
        fill = _SOORT.get(p.hoedanigheid, "#e9e9e9")
        out += _box(places[p.sleutel], p.naam, str(p.hoedanigheid), fill, dashed=not p.aangesloten)
    for key, who in read.items():
        out += _box(places[key], who, str(spel.als(key)), "#ffffff", dashed=False)
    children = (k.naam for k in (spel.leerling, *spel.leerlingen))
    people = ", ".join([*(m.naam for m in spel.mensen), *children])
    out.append(_text(width / 2, height - 44, f"Zeggen ja of nee: {people}", 12, "#1f5fa8"))
    out += _legend(height)
    return "\n".join([*out, "</svg>"])


def _became(s: Mapping[str, Any], story: Sequence[Mapping[str, Any]]) -> str:
    """What became of a message in the end: what waited at first and was taken later did go."""
    after = [t["doet"] for t in story if t["levering"] == s["levering"] is not None and t["nr"] > s["nr"]]
    if Werkwoord.NEEMT in after:
        return "gaat"
    return "niet" if Werkwoord.VINDT_NIETS in after else _kind(s)


def _readers(spel: Spel) -> dict[str, str]:
    """Who of the people gets something in the main story, each with his name."""
    people = {m.sleutel: m.naam for m in spel.mensen} | {LEERLING: spel.leerling.naam}
    return {k: naam for k, naam in people.items() if any(s.aan == k for s in spel.stappen)}


def _width(boxes: int) -> int:
    """Wide enough that no box of the ring stands on another."""
    return 920 + 150 * max(0, boxes - 8)


def _places(spel: Spel) -> dict[str, tuple[float, float]]:
    """The centre of every box, on an ellipse with the school at the left. Of many, who sends and receives
    most stands in the middle, so that his arrows pass behind nobody.
    """
    around = [spel.school.sleutel, *(p.sleutel for p in spel.partijen if p.sleutel != spel.school.sleutel)]
    around += _readers(spel)
    boxes, middle = len(around), _busiest(spel, around) if len(around) >= _MANY else None
    around = _beside(spel, [k for k in around if k != middle])
    high = 0.0 if len(around) < 3 else 95.0 + 32.0 * (len(around) - 3)  # noqa: PLR2004 - two stand in a row
    turn = [math.pi + 2 * math.pi * i / len(around) for i in range(len(around))]
    left, top = _BOX[0] / 2 + 20, high + _BOX[1] / 2 + 34
    wide = (_width(boxes) - 2 * left) / (1 + max(map(math.cos, turn)))
    ring = {
        k: (left + wide * (1 + math.cos(a)), top + high * math.sin(a))
        for k, a in zip(around, turn, strict=True)
    }
    return ring if middle is None else ring | {middle: (left + wide, top)}


def _beside(spel: Spel, around: Sequence[str]) -> list[str]:
    """Who send something to each other stand beside each other, so that no arrow crosses the middle."""
    pairs = {frozenset({s.wie[0], s.aan}) for s in spel.stappen if s.doet is Werkwoord.STUURT}
    first = around[0]
    of_first = [k for k in around[1:] if frozenset({first, k}) in pairs]
    last = of_first[1:][-1:]  # at his other side, for it is a ring
    placed, left = [first], [k for k in around[1:] if k not in last]
    while left:
        near = (k for k in left if frozenset({placed[-1], k}) in pairs)
        placed.append(next(near, left[0]))
        left.remove(placed[-1])
    return placed + last


def _busiest(spel: Spel, around: Sequence[str]) -> str:
    """Who has most of the arrows; the first of those who have as many."""
    sends = [s for s in spel.stappen if s.doet is Werkwoord.STUURT]
    ends = Counter(key for s in sends for key in (s.wie[0], s.aan))
    return max(around, key=lambda k: ends[k])


def _text(x: float, y: float, said: str, size: int = 12, fill: str = "#1d2733") -> str:
    where = f'x="{x:.0f}" y="{y:.0f}" text-anchor="middle"'
    return f'<text {where} font-size="{size}" fill="{fill}">{escape(said)}</text>'


def _box(at: tuple[float, float], title: str, below: str, fill: str, *, dashed: bool) -> list[str]:
    x, y = at[0] - _BOX[0] / 2, at[1] - _BOX[1] / 2
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    where = f'x="{x:.0f}" y="{y:.0f}" width="{_BOX[0]}" height="{_BOX[1]}" rx="8"'
    lines = _wrapped(title, 28)[:2]
    return [
        f'<rect {where} fill="{fill}" stroke="#5b6875"{dash}/>',
        *(_text(at[0], y + (28, 20)[len(lines) - 1] + 15 * i, line, 13) for i, line in enumerate(lines)),
        _text(at[0], y + _BOX[1] - 8, below, 11, "#5b6875"),
    ]


def _arrow(
    a: tuple[float, float], b: tuple[float, float], told: tuple[str, str, str], lane: float
) -> list[str]:
    """A curve from edge to edge; those between the same two fan out, so that none hides another. `told`: what
    became of it, its number, and of which picture it is.
    """
    kind, number, naam = told
    (x1, y1), (x2, y2) = _edge(a, b), _edge(b, a)
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    bend = 54.0 * lane  # half of it is how far the numbers are apart
    mx, my = (x1 + x2) / 2 - (y2 - y1) / length * bend, (y1 + y2) / 2 + (x2 - x1) / length * bend
    lx, ly = (x1 + 2 * mx + x2) / 4, (y1 + 2 * my + y2) / 4
    dash = ' stroke-dasharray="6 4"' if kind != "gaat" else ""
    path = f"M{x1:.0f} {y1:.0f} Q{mx:.0f} {my:.0f} {x2:.0f} {y2:.0f}"
    line = f'fill="none" stroke="{_KLEUR[kind]}" stroke-width="2"{dash}'
    return [
        f'<path d="{path}" {line} marker-end="url(#{naam}-{kind})"/>',
        f'<circle cx="{lx:.0f}" cy="{ly:.0f}" r="11" fill="#ffffff" stroke="{_KLEUR[kind]}"/>',
        _text(lx, ly + 4, number, 11),
    ]


def _edge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle of box `a` to `b` leaves the box."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    half = (_BOX[0] / 2 + 4, _BOX[1] / 2 + 4)
    scale = min(half[0] / abs(dx) if dx else math.inf, half[1] / abs(dy) if dy else math.inf)
    return a[0] + dx * scale, a[1] + dy * scale


def _legend(height: int) -> list[str]:
    said = (("gaat", "gaat"), ("wacht", "wacht"), ("niet", "gaat niet"))
    out = []
    for i, (kind, text) in enumerate(said):
        x = 300 + i * 150
        dash = ' stroke-dasharray="6 4"' if kind != "gaat" else ""
        out.append(
            f'<path d="M{x} {height - 16}h34" stroke="{_KLEUR[kind]}" stroke-width="2"{dash}/>'
            f'<text x="{x + 42}" y="{height - 12}" font-size="12" fill="#5b6875">{text}</text>'
        )
    return out


def _wrapped(text: str, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def short_line(done: Uitgevoerd) -> str:
    """One practice in one line."""
    wrong = next((v for v in done.verhalen if v.anders is not None), None)
    said = "gespeeld" if wrong is None else f"NIET GESPEELD ({wrong.naam}, {wrong.anders})"
    return f"{done.spel.id} {said}: {done.spel.titel}"


def total_line(done: Iterable[bool]) -> str:
    all_ = list(done)
    return f"{sum(all_)} van {len(all_)} praktijken gespeeld zoals hun bestand zegt."
