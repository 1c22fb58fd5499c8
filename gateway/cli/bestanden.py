"""`translate`, `check` and `schema export`: files in, files out, on this computer and without a gateway."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import orjson
import typer

from gateway.cli.parts import AsJson, print_json, progress, read_bytes, read_text, say, tell
from gateway.runtime.bestanden import (
    Bestandsbevinding,
    contents,
    findings,
    left_out,
    listed,
    put,
    targets,
    unforeseen,
)
from gateway.runtime.tonen import shown
from schemas.errors import GatewayError, WrongUse
from schemas.messages.vertaling import Gelezen, Geschreven, Weglating

if TYPE_CHECKING:
    from gateway.wiring_files import FileReader

Paths = Annotated[
    list[Path],
    typer.Argument(metavar="BESTAND...", help="Bestanden of mappen; - leest van de standaardinvoer."),
]
Kolommen = Annotated[
    Path | None,
    typer.Option(
        "--kolommen", metavar="TOML", help="Kolommen van een CSV-bestand. Zie docs/schoolsystemen.md."
    ),
]
Datum = Annotated[
    dt.datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], metavar="JJJJ-MM-DD", help="Controleer alsof het deze dag is. Anders: vandaag."
    ),
]
Volledig = Annotated[
    bool,
    typer.Option(
        "--volledig",
        help="Dit zijn alle iJw-berichten die er ooit waren: wat er niet bij is, is nooit gestuurd.",
    ),
]


class Ontwerpsoort(StrEnum):
    """Which request is drafted."""

    JW315 = "315"
    JW317 = "317"


MOST_LEFT_OUT: Final = 10_000
"""At most this many weglatingen does one `check --json` name over all its files, because it holds its whole
answer in memory.
"""
AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


def _today(given: dt.datetime | None) -> dt.date:
    return given.date() if given else dt.datetime.now(AMSTERDAM).date()


def check(
    paths: Paths,
    kolommen: Kolommen = None,
    datum: Datum = None,
    namen: Annotated[
        Path | None,
        typer.Option(
            "--namen", metavar="TXT", help="Namen, één per regel, die niet in een anonieme vraag mogen staan."
        ),
    ] = None,
    *,
    volledig: Volledig = False,
    as_json: AsJson = False,
) -> None:
    """Controleer berichten van elke standaard die wij lezen. Alle bevindingen, met code, plaats en ernst.

    OSO, iJw, EDEXML, UWLR, CSV met --kolommen, en berichten in ons eigen schema. De standaard wordt herkend
    aan het bestand zelf. iJw-berichten worden ook naast elkaar gelegd, op volgorde van dagtekening. Geeft 1
    als er iets is gevonden, en noemt nooit een waarde uit een bericht. Van een OSO-dossier wordt geteld wat
    niet meegaat in het bericht; met --json staat er bij wat en waarom.
    """
    from gateway.wiring_files import FileReader  # noqa: PLC0415 - other commands start faster without it

    files = listed(paths)
    known = [n for n in map(str.strip, read_text(namen).splitlines()) if n] if namen else ()
    read = FileReader(_today(datum), read_bytes(kolommen) if kolommen else None, known)
    found: list[Bestandsbevinding] = []
    standards: Counter[str] = Counter()
    kinds: dict[str, str] = {}
    omitted: list[dict[str, Any]] = []
    passed_over = 0

    def tell(rows: Sequence[Bestandsbevinding]) -> None:
        found.extend(rows)
        if not as_json:
            for row in rows:
                say(row.line())

    with progress("Controleren", as_json=as_json, total=len(files)) as tick:
        for done, path in enumerate(files, 1):
            gelezen = _read(read, path)
            standards[gelezen.standaard] += 1
            kinds[str(path)] = gelezen.standaard
            tell(findings(str(path), gelezen))
            rows = left_out(gelezen.weggelaten)
            room = MOST_LEFT_OUT - len(omitted)
            omitted += [{"bestand": shown(path), **row} for row in rows[:room]]
            passed_over += len(rows[room:])
            if rows and not as_json:
                say(f"{shown(path)}: {_omitted(gelezen.weggelaten)}")
            if tick is not None:
                tick(done)
    for name, faults in read.beside_each_other(volledig=volledig).items():
        tell(findings(name, Gelezen(kinds[name], None, faults, ())))
    if as_json:
        print_json(
            {
                "bestanden": len(files),
                "standaarden": dict(sorted(standards.items())),
                "bevindingen": [row.members() for row in found],
                **({"weggelaten": omitted} if omitted else {}),
                **({"weggelatenNietGenoemd": passed_over} if passed_over else {}),
            }
        )
    else:
        of = ", ".join(f"{n} x {name}" for name, n in sorted(standards.items()))
        wrong = sum(row.ernst == "fout" for row in found)
        counts = (
            _counted(wrong, "fout", "fouten"),
            _counted(len(found) - wrong, "waarschuwing", "waarschuwingen"),
        )
        say(f"{_counted(len(files), 'bestand', 'bestanden')} ({of}): {', '.join(counts)}.")
    if found:
        raise typer.Exit(1)


def _omitted(rows: Sequence[Weglating]) -> str:
    n = sum(row.aantal for row in rows)
    return f"{_counted(n, 'gegeven gaat', 'gegevens gaan')} niet mee; --json zegt welke en waarom."


def _counted(n: int, one: str, more: str) -> str:
    return f"{n} {one if n == 1 else more}"


def translate(
    paths: Paths,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="VORM", help="Schrijf een andere vorm, zoals ijw315 of ijw306."),
    ] = None,
    extra: Annotated[
        Path | None,
        typer.Option(
            "--aanvulling",
            metavar="TOML",
            help="Wat die vorm vraagt en het bericht niet heeft, zoals BSN en product. Zie docs/ijw.md.",
        ),
    ] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            "--eerdere",
            metavar="PAD",
            help="Eerdere iJw-berichten (herhaalbaar), zodat een retour ook op die regels rust.",
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--bij",
            metavar="JSON",
            help="Een arrangement: verwerk er de toewijzingen, starts en stops van iJw in.",
        ),
    ] = None,
    target: Annotated[
        Path | None,
        typer.Option("--uit", metavar="MAP", help="Schrijf per bestand een bestand in deze map."),
    ] = None,
    kolommen: Kolommen = None,
    datum: Datum = None,
    *,
    volledig: Volledig = False,
    overwrite: Annotated[
        bool, typer.Option("--overschrijf", help="Vervang bestanden die al in die map staan.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Eén regel JSON per bestand, ook voor wat is geweigerd.")
    ] = False,
) -> None:
    """Vertaal berichten naar JSON, of met --to naar een andere vorm.

    Eén bestand gaat naar het scherm; meer bestanden elk als een regel JSON, of met --uit als bestand. Wat
    niet te lezen is wordt met alle fouten gemeld, gaat niet mee en geeft 1. Let op: de uitvoer heeft gegevens
    van mensen, net als het bericht zelf.
    """
    from gateway.wiring_files import FileReader  # noqa: PLC0415

    files = listed(paths)
    _fitting(to, extra, earlier, into, kolommen)
    if _is_xml(to) and len(files) > 1 and target is None and not as_json:
        raise WrongUse("van meer bestanden gaat XML met --uit naar een map, of met --json naar regels JSON")
    ending = ".xml" if _is_xml(to) else ".json"
    names = {} if target is None else targets(files, target, ending, overwrite=overwrite)
    read = FileReader(_today(datum), read_bytes(kolommen) if kolommen else None)
    for path in listed(earlier) if earlier else ():
        _read(read, path)
    if into is not None:
        _into_arrangement(read, into, files, names)
        return
    if to is None:
        work = _as_json(read)
    else:
        write = read.other_form(to, _aanvulling(extra), after_these=earlier is not None, volledig=volledig)

        def work(path: Path) -> Geschreven:
            return write(contents(path))

    if not _all_translated(files, work, names, as_json=as_json):
        raise typer.Exit(1)


def ijw_draft(
    soort: Annotated[Ontwerpsoort, typer.Argument(metavar="SOORT", help="315 of 317.")],
    paths: Annotated[list[Path], typer.Argument(metavar="ARRANGEMENT...", help="Arrangementen als JSON.")],
    extra: Annotated[
        Path,
        typer.Option(
            "--aanvulling", metavar="TOML", help="Wat het bericht vraagt en het arrangement niet heeft."
        ),
    ],
    target: Annotated[
        Path | None,
        typer.Option("--uit", metavar="MAP", help="Schrijf per arrangement een bestand in deze map."),
    ] = None,
    datum: Datum = None,
    *,
    overwrite: Annotated[
        bool, typer.Option("--overschrijf", help="Vervang bestanden die al in die map staan.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Eén regel JSON per arrangement, ook voor wat is geweigerd.")
    ] = False,
) -> None:
    """Maak een ontwerp van een JW315 of JW317, dat uw eigen systeem nakijkt en verstuurt.

    OZlijn verstuurt niets en heeft geen toegang tot GGk of VECOZO. Zonder eigen `identificatie` in de
    aanvulling staat er ONTWERP. De regels over meer berichten zijn niet nagegaan; ze worden genoemd. Geeft 1
    als een arrangement is geweigerd. Let op: de uitvoer heeft gegevens van mensen, ook het BSN.
    """
    from gateway.wiring_files import FileReader  # noqa: PLC0415

    files, to = listed(paths), f"ijw{soort}"
    if len(files) > 1 and target is None and not as_json:
        raise WrongUse("van meer arrangementen gaan de ontwerpen met --uit naar een map, of met --json")
    names = {} if target is None else targets(files, target, ".xml", overwrite=overwrite)
    write = FileReader(_today(datum), None).other_form(
        to, _aanvulling(extra), after_these=False, volledig=False
    )
    apart = FileReader.over_several(to)

    def work(path: Path) -> Geschreven:
        return write(contents(path))

    more = {"nietNagegaan": list(apart)}
    done = _all_translated(files, work, names, as_json=as_json, wat="Ontwerpen", more=more)
    if not as_json:
        tell(f"Niet nagegaan, want daar zijn meer berichten voor nodig: {', '.join(apart)}.")
    if not done:
        raise typer.Exit(1)


def _all_translated(
    files: list[Path],
    work: Callable[[Path], Geschreven],
    names: Mapping[Path, Path],
    *,
    as_json: bool,
    wat: str = "Vertalen",
    more: Mapping[str, Any] | None = None,
) -> bool:
    """`more`: what each line of JSON has besides."""
    refused = 0
    with progress(wat, as_json=as_json or len(files) == 1, total=len(files)) as tick:
        for done, path in enumerate(files, 1):
            made = _guarded(work, path)
            rows = findings(str(path), made)
            refused += made.uitvoer is None
            if as_json:
                _line(made, str(path), [row.members() for row in rows], more or {})
            else:
                _tell(rows)
                if made.weggelaten:
                    tell(f"{shown(path)}: {_omitted(made.weggelaten)}")
                if made.uitvoer is not None:
                    _show(made.uitvoer, names.get(path), alone=len(files) == 1)
            if tick is not None:
                tick(done)
    if refused and len(files) > 1:
        tell(f"{refused} van {len(files)} bestanden zijn niet vertaald.")
    return not refused


def _fitting(
    to: str | None, extra: Path | None, earlier: list[Path] | None, into: Path | None, kolommen: Path | None
) -> None:
    """Raises WrongUse for options that do not go together: somebody would later miss what an unused option
    promised.
    """
    if extra is not None and to is None:
        raise WrongUse("--aanvulling hoort bij --to")
    if earlier and to is None:
        raise WrongUse("--eerdere hoort bij --to en een retour")
    if kolommen is not None and to is not None:
        raise WrongUse("--kolommen en --to gaan niet samen: van een CSV wordt geen iJw gemaakt")
    if into is not None and to is not None:
        raise WrongUse("--bij en --to gaan niet samen")


def _is_xml(to: str | None) -> bool:
    return to not in (None, "ijwjson")


def _aanvulling(path: Path | None) -> str | None:
    return read_text(path) if path is not None else None


def _into_arrangement(read: FileReader, into: Path, files: list[Path], names: Mapping[Path, Path]) -> None:
    """Bring all files into one arrangement, or none of them: half of them would be a state that never
    existed.
    """
    made = read.into_arrangement(contents(into), [(str(path), contents(path)) for path in files])
    _tell(findings(str(into), made))
    if made.uitvoer is None:
        raise typer.Exit(1)
    where = next(iter(names.values()), None)
    _show(made.uitvoer, where.parent / into.name if where else None, alone=True)


def _tell(rows: Sequence[Bestandsbevinding]) -> None:
    for row in rows:
        tell(row.line())


def _read(read: FileReader, path: Path) -> Gelezen:
    raw = contents(path)
    try:
        return read(raw, str(path))
    except Exception:  # noqa: BLE001 - one file that makes us stumble must not hide what the others say
        return unforeseen()


def _guarded(work: Callable[[Path], Geschreven], path: Path) -> Geschreven:
    try:
        return work(path)
    except GatewayError:
        raise
    except Exception:  # noqa: BLE001 - as above
        found = unforeseen()
        return Geschreven(found.standaard, None, found.fouten, ())


def _as_json(read: FileReader) -> Callable[[Path], Geschreven]:
    def work(path: Path) -> Geschreven:
        found = _read(read, path)
        shown = None
        if found.inhoud is not None and not found.fouten:
            shown = orjson.dumps({"soort": found.inhoud.soort, "inhoud": found.inhoud.data})
        return Geschreven(found.standaard, shown, found.fouten, found.bevindingen, found.weggelaten)

    return work


def _show(data: bytes, target: Path | None, *, alone: bool) -> None:
    """JSON for a person is indented when it is the only one; XML stays as it is, byte for byte."""
    is_json = data[:1] == b"{"
    if is_json and (alone or target is not None):
        data = orjson.dumps(orjson.loads(data), option=orjson.OPT_INDENT_2)
    if target is not None:
        put(target, data + b"\n" if is_json else data)
        return
    sys.stdout.buffer.write(data if not is_json and alone else data + b"\n")
    sys.stdout.flush()


def _line(made: Geschreven, name: str, rows: list[dict[str, Any]], more: Mapping[str, Any]) -> None:
    data: dict[str, Any] = {"bestand": shown(name), "standaard": made.standaard, "bevindingen": rows, **more}
    if made.weggelaten:
        data["weggelaten"] = left_out(made.weggelaten)
    if made.uitvoer is not None:
        is_json = made.uitvoer[:1] == b"{"
        data["bericht"] = orjson.loads(made.uitvoer) if is_json else made.uitvoer.decode()
    sys.stdout.buffer.write(orjson.dumps(data) + b"\n")
    sys.stdout.flush()


def schema_export(
    folder: Annotated[Path, typer.Argument(metavar="MAP", help="Hier komen de schema's.")],
    base: Annotated[
        str | None,
        typer.Option("--basis", metavar="URL", help="Adres waar u ze neerzet; komt in elke $id."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Schrijf de JSON Schema's (2020-12) van alle berichten, met voorbeelden, in een map.

    Een ander systeem kan met deze bestanden alleen controleren wat de gateway stuurt.
    """
    from schemas.publication.publicatie import BASIS, publish  # noqa: PLC0415

    if base is not None and not urlsplit(base).scheme:
        raise WrongUse("--basis is geen adres zoals https://uw.adres.example/schemas/")
    files = publish(base or BASIS)
    for name, data in files.items():
        put(folder / name, data, mode=0o644)
    if as_json:
        print_json({"map": shown(folder), "bestanden": sorted(files)})
    else:
        say(f"{len(files)} bestanden in {shown(folder)}. Begin bij {shown(folder / 'index.json')}.")
