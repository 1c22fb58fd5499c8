"""`translate`, `check` and `schema export`: files in, files out, on this computer and without a gateway."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import orjson
import typer

from gateway.bestanden import contents, findings, listed, put, targets
from gateway.cli_parts import AsJson, err, print_json, progress, read_bytes, read_text, say
from schemas.vertaling import Gelezen, Geschreven

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
Reader = Callable[[bytes], Gelezen]
Writer = Callable[[bytes], Geschreven]
AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


def _today(given: dt.datetime | None) -> dt.date:
    return given.date() if given else dt.datetime.now(AMSTERDAM).date()


def check(
    paths: Paths,
    kolommen: Kolommen = None,
    datum: Datum = None,
    *,
    volledig: Annotated[
        bool,
        typer.Option(
            "--volledig",
            help="Dit zijn alle iJw-berichten die er ooit waren: wat er niet bij is, is nooit gestuurd.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Controleer berichten van elke standaard die wij lezen. Alle bevindingen, met code, plaats en ernst.

    OSO, iJw, EDEXML, UWLR, CSV met --kolommen, en berichten in ons eigen schema. De standaard wordt herkend
    aan het bestand zelf. iJw-berichten worden ook naast de eerdere gelegd, op volgorde van naam. Geeft 1 als
    er iets is gevonden, en noemt nooit een waarde uit een bericht.
    """
    from gateway.wiring import file_reader  # noqa: PLC0415 - other commands start faster without it

    files = listed(paths)
    read = file_reader(
        _today(datum), read_bytes(kolommen) if kolommen else None, reeks=True, volledig=volledig
    )
    found: list[Any] = []
    standards: Counter[str] = Counter()
    with progress("Controleren", as_json=as_json, total=len(files)) as tick:
        for done, path in enumerate(files, 1):
            gelezen = read(contents(path))
            standards[gelezen.standaard] += 1
            rows = findings(str(path), gelezen)
            found.extend(rows)
            if not as_json:
                for row in rows:
                    say(row.line())
            if tick is not None:
                tick(done)
    if as_json:
        print_json(
            {
                "bestanden": len(files),
                "standaarden": dict(sorted(standards.items())),
                "bevindingen": [row.members() for row in found],
            }
        )
    else:
        kinds = ", ".join(f"{n} x {name}" for name, n in sorted(standards.items()))
        faults = sum(row.ernst == "fout" for row in found)
        counts = (
            _counted(faults, "fout", "fouten"),
            _counted(len(found) - faults, "waarschuwing", "waarschuwingen"),
        )
        say(f"{_counted(len(files), 'bestand', 'bestanden')} ({kinds}): {', '.join(counts)}.")
    if found:
        raise typer.Exit(1)


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
    target: Annotated[
        Path | None,
        typer.Option("--uit", metavar="MAP", help="Schrijf per bestand een bestand in deze map."),
    ] = None,
    kolommen: Kolommen = None,
    datum: Datum = None,
    *,
    overwrite: Annotated[
        bool, typer.Option("--overschrijf", help="Vervang bestanden die al in die map staan.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Eén regel JSON per bestand, ook voor wat is geweigerd.")
    ] = False,
) -> None:
    """Vertaal berichten naar het gedeelde schema, of met --to naar een andere vorm.

    Eén bestand gaat naar het scherm; meer bestanden elk als een regel JSON, of met --uit als bestand. Wat
    niet te lezen is wordt met alle fouten gemeld, gaat niet mee en geeft 1. Let op: de uitvoer heeft gegevens
    van mensen, net als het bericht zelf.
    """
    from gateway.wiring import file_reader, file_writer  # noqa: PLC0415

    files = listed(paths)
    today = _today(datum)
    names = {} if target is None else targets(files, target, ".xml" if to else ".json", overwrite=overwrite)
    if to is None:
        work = _as_json(file_reader(today, read_bytes(kolommen) if kolommen else None))
    else:
        work = file_writer(to, today, read_text(extra) if extra else None)
    refused = 0
    with progress("Vertalen", as_json=as_json or len(files) == 1, total=len(files)) as tick:
        for done, path in enumerate(files, 1):
            made = work(contents(path))
            rows = findings(str(path), made)
            refused += made.uitvoer is None
            if as_json:
                _line(made, str(path), [row.members() for row in rows])
            else:
                for row in rows:
                    err.print(row.line(), markup=False, highlight=False, soft_wrap=True)
                if made.uitvoer is not None:
                    _show(made.uitvoer, names.get(path), alone=len(files) == 1)
            if tick is not None:
                tick(done)
    if refused and len(files) > 1:
        err.print(f"{refused} van {len(files)} bestanden zijn niet vertaald.", highlight=False)
    if refused:
        raise typer.Exit(1)


def _as_json(read: Reader) -> Writer:
    def work(raw: bytes) -> Geschreven:
        found = read(raw)
        shown = None
        if found.inhoud is not None and not found.fouten:
            shown = orjson.dumps({"soort": found.inhoud.soort, "inhoud": found.inhoud.data})
        return Geschreven(found.standaard, shown, found.fouten, found.bevindingen)

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


def _line(made: Geschreven, name: str, rows: list[dict[str, Any]]) -> None:
    data: dict[str, Any] = {"bestand": name, "standaard": made.standaard, "bevindingen": rows}
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
    from schemas.publicatie import BASIS, publish  # noqa: PLC0415

    files = publish(base or BASIS)
    for name, data in files.items():
        put(folder / name, data, mode=0o644)
    if as_json:
        print_json({"map": str(folder), "bestanden": sorted(files)})
    else:
        say(f"{len(files)} bestanden in {folder}. Begin bij {folder / 'index.json'}.")
