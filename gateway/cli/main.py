"""The command `ozlijn`. Exit codes: 0 good, 1 refused or findings, 2 wrong use, 3 not available."""

from __future__ import annotations

import datetime as dt
import io
import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from gateway.cli.later import Later, LaterGroup, group
from gateway.cli.parts import (
    AsJson,
    SettingsFile,
    out,
    print_json,
    progress,
    read_bytes,
    read_text,
    say,
    say_faults,
    tell,
)
from gateway.runtime.tonen import shown
from schemas.errors import (
    AlreadyRunning,
    Busy,
    GatewayError,
    InvalidMessage,
    LedgerBroken,
    RecordUnavailable,
    WrongUse,
    why,
)

_OPDRACHTEN: Final = (
    Later("translate", "bestanden:translate", "Vertaal berichten, zonder gateway."),
    Later("check", "bestanden:check", "Controleer berichten, zonder gateway."),
    Later("decide", "beslissen:decide_case", "Beslis over één geval, zonder gateway."),
    Later("woonplaats", "woonplaats:woonplaats", "Bepaal welke gemeente verantwoordelijk is."),
    Later("explain", "uitleg:explain", "Leg uit waarom iets gaat, wacht of thuisblijft."),
    Later("replay", "naspelen:replay", "Speel besluiten na, met het beleid van nu of ander beleid."),
    Later("stromen", "stromen:stromen", "Toon wie wat aan wie mag sturen, en waarom."),
    Later("praktijk", "praktijk:praktijk", "Toon of speel de praktijken van de regio's."),
    Later("leveringen", "leveringen:leveringen", "Toon wat wacht, wordt aangehouden of mislukte."),
    Later("doctor", "doctor:doctor", "Kijk na of alles goed is ingesteld."),
    Later("serve", "draaien:serve", "Start de gateway."),
    Later("worker", "draaien:worker", "Doe wat de tijd vraagt, naast gateways op PostgreSQL."),
    Later("migrate", "draaien:migrate", "Breng de database naar het schema van deze versie."),
    Later("demo", "main:demo", "Laat de hele lijn zien, op deze computer."),
    Later("init", "main:init", "Maak instellingen en sleutels voor een gateway."),
    Later("apply", "main:apply", "Maak het register gelijk aan een bestand."),
    Later("sleutel", "main:sleutel", "Maak een sleutelpaar voor een client."),
    group(
        "ledger",
        "De verantwoording: het register waaruit niets kan verdwijnen.",
        Later("verify", "main:ledger_verify", "Controleer de hele verantwoording."),
        Later("sleutel", "main:ledger_key", "Toon de openbare sleutel ervan."),
    ),
    group(
        "bewijs",
        "Bewijzen controleren, zonder gateway en zonder database.",
        Later("check", "main:bewijs_check", "Controleer een bewijs, zonder gateway en zonder database."),
    ),
    group(
        "schema",
        "De schema's van alle berichten.",
        Later("export", "bestanden:schema_export", "Schrijf de JSON Schema's van alle berichten in een map."),
    ),
    group(
        "ijw",
        "iJw naast de lijn: ontwerpen voor een ander systeem.",
        Later("ontwerp", "bestanden:ijw_draft", "Maak een ontwerp van een JW315 of JW317."),
    ),
    group(
        "profile",
        "Profielen: wie hoogstens wat krijgt.",
        Later("check", "profielen:profile_check", "Controleer profielen."),
        Later("diff", "profielen:profile_diff", "Laat zien wat nieuwe profielen openen."),
    ),
    group(
        "convenant",
        "Het privacyconvenant: wie met wie wat afsprak.",
        Later("teken", "profielen:convenant_sign", "Onderteken een convenant."),
    ),
    group(
        "regio",
        "Een regio als bestanden: wie wat afsprak.",
        Later("check", "regio:regio_check", "Controleer een regio, elk geval."),
        Later("diff", "regio:regio_diff", "Toon wat een regio verandert, en voor wie."),
        Later("apply", "regio:regio_apply", "Pas een regio toe, in één keer."),
        Later("toon", "regio:regio_toon", "Toon hoe een regio werkt."),
    ),
    group(
        "leerlingen",
        "Leerlingen zoals partijen ze noemen.",
        Later("check", "leerlingen:leerlingen_check", "Zoek kenmerken die op elkaar lijken."),
    ),
    group(
        "zaak",
        "Zaken: hoe zij staan voor wie eraan meedoet.",
        Later("toon", "zaak:zaak_toon", "Toon een zaak zoals één partner haar ziet."),
    ),
    group(
        "fg",
        "Wat een functionaris gegevensbescherming vraagt.",
        Later("leveringen", "fg:leveringen", "Toon leveringen van partijen over een periode."),
        Later("vragen", "fg:vragen", "Noem de 23 vragen."),
        Later("vraag", "fg:vraag", "Beantwoord één van de 23 vragen."),
        Later("afspraken", "fg:afspraken", "Wat aan afspraken verandert of afloopt."),
        Later("pakket", "fg:pakket", "Kijk een bewijspakket na, zonder gateway."),
        Later("levering", "fg:levering", "Toon één levering, met de hele uitleg."),
    ),
)


class _Root(LaterGroup):
    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": _OPDRACHTEN})


app = typer.Typer(
    name="ozlijn",
    cls=_Root,
    help="De onderwijs-zorglijn: veilig gegevens delen tussen school en jeugdhulp.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_CODES: tuple[tuple[type[GatewayError], int], ...] = (
    (WrongUse, 2),
    (AlreadyRunning, 3),
    (RecordUnavailable, 3),
    (LedgerBroken, 3),
    (Busy, 3),
)


def main() -> None:
    """The entry point: errors of ours become one line (or one line per fault) and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a screen without UTF-8 is no reason to stop
    try:
        app(prog_name="ozlijn")
    except InvalidMessage as error:
        say_faults(error)
        sys.exit(1)
    except OSError as error:
        # The disk behind the screen is full: what we still had to say is lost, and saying it again would fail
        # again. A reader that went away was handled before this, without a word.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        tell(f"ozlijn: lezen of schrijven is mislukt: {why(error)}")
        sys.exit(3)
    except GatewayError as error:
        tell(f"ozlijn: {shown(str(error) or type(error).__name__)}")
        sys.exit(next((code for kind, code in _CODES if isinstance(error, kind)), 1))


@app.callback(invoke_without_command=True)
def root(
    *,
    show_version: Annotated[bool, typer.Option("--version", help="Toon de versie.")] = False,
) -> None:
    if show_version:
        from importlib.metadata import version  # noqa: PLC0415

        say(version("ozlijn"))
        raise typer.Exit


def demo(
    *,
    as_json: AsJson = False,
    keep: Annotated[
        bool, typer.Option("--serve", help="Blijf draaien na afloop en toon de adressen.")
    ] = False,
    dossier: Annotated[
        Path | None,
        typer.Option(
            metavar="BESTAND", help="Een echt OSO-dossier: laat zien wie moet tekenen en wat zou gaan."
        ),
    ] = None,
    datum: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="JJJJ-MM-DD", help="Doe alsof het deze dag is."),
    ] = None,
) -> None:
    """Laat de hele lijn zien: van een dossier van school tot een bewijs voor de controleur.

    Alles gebeurt op deze computer, in een tijdelijke map, met verzonnen mensen en organisaties.
    """
    from gateway.cli.demo import run_demo  # noqa: PLC0415 - other commands start faster without it

    run_demo(dossier, datum.date() if datum else None, as_json=as_json, keep=keep, console=out())


def init(
    folder: Annotated[Path, typer.Argument(metavar="MAP", help="Nieuwe map voor instellingen en sleutels.")],
    adres: Annotated[
        str, typer.Option(metavar="URL", help="Openbaar adres van de gateway, zoals https://lijn.example.nl.")
    ],
    *,
    proef: Annotated[
        bool, typer.Option("--proef", help="Een proefomgeving, met een klok die vooruit kan.")
    ] = False,
) -> None:
    """Maak een map met instellingen en nieuwe sleutels voor een gateway."""
    from urllib.parse import urlsplit  # noqa: PLC0415

    import orjson  # noqa: PLC0415
    from pydantic import ValidationError  # noqa: PLC0415

    from gateway.runtime.settings import SANDBOX, Settings, is_loopback  # noqa: PLC0415
    from gateway.wiring import create_keys, vkey_of  # noqa: PLC0415

    file = folder / "ozlijn.toml"
    try:
        if file.exists():
            raise WrongUse(f"{file} bestaat al")
    except OSError as error:
        raise WrongUse(f"{folder} is niet te lezen: {why(error)}") from error
    try:
        start = SANDBOX if proef else ""
        log_name = f"{start}{urlsplit(adres).hostname or 'ozlijn'}/{dt.datetime.now(dt.UTC).year}"
        made: dict[str, str | int] = {
            "database": "ozlijn.db",
            "keys": "sleutels",
            "issuer": adres,
            "log_name": log_name,
        }
        if proef:
            made["sandbox"] = True
        Settings.model_validate(made)
        if is_loopback(urlsplit(adres).hostname) and (port := urlsplit(adres).port) is not None:
            made["port"] = port  # without a proxy in between, we listen at the public address itself
    except (ValidationError, ValueError) as error:
        raise WrongUse("--adres is geen adres zoals https://lijn.example.nl") from error
    keys = create_keys(folder / "sleutels")
    try:
        # A string in JSON is written as one in TOML.
        file.write_bytes(b"".join(f"{n} = ".encode() + orjson.dumps(v) + b"\n" for n, v in made.items()))
    except OSError as error:
        raise WrongUse(f"{file} is niet te maken: {why(error)}") from error
    say(f"Instellingen: {shown(file)}")
    say(f"Sleutels: {shown(folder / 'sleutels')} (geheim, maak een veilige kopie)")
    say(f"Openbare sleutel van de verantwoording: {vkey_of(keys, log_name)}")
    say(f"Verder: ozlijn apply PARTIJEN.toml --settings {shown(file)}")
    say(f"Daarna: ozlijn serve --settings {shown(file)}")


def apply(
    file: Annotated[Path, typer.Argument(metavar="BESTAND", help="Partijen en profielen (TOML).")],
    settings: SettingsFile = None,
    convenant: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="TOML",
            help="Privacyconvenant (herhaalbaar), met de handtekening ernaast in BESTAND.jws.",
        ),
    ] = None,
    beleid: Annotated[
        Path | None,
        typer.Option(metavar="TOML", help="Wat de regio strenger maakt. Zie docs/regio.md."),
    ] = None,
    recht: Annotated[
        Path | None,
        typer.Option(
            metavar="TOML", help="Wijzigingen van het recht, met hun eerste dag. Zie docs/recht.md."
        ),
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Toon alleen wat er zou veranderen.")] = False,
    remove: Annotated[
        bool, typer.Option("--verwijder", help="Haal weg wat niet meer in het bestand staat.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Maak het register van partijen, sleutels en profielen gelijk aan een bestand. Herhalen mag.

    Een convenant, beleid van de regio en wijzigingen van het recht horen erbij: wie ze weglaat, haalt ze weg
    (met --verwijder).
    """
    import asyncio  # noqa: PLC0415 - other commands start faster without it

    from gateway.register.apply import (  # noqa: PLC0415
        apply_register,
        difference,
        read_register,
        readings,
        remarks,
        warning,
    )
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import (  # noqa: PLC0415
        Leaves,
        adopt_for_tools,
        open_for_tools,
        tools_clock,
        tools_stamps,
    )

    found = read_settings(settings)
    new = read_register(file, convenant or (), found.convenant_key, beleid, recht)

    async def work() -> Any:
        storage = open_for_tools(found.database, create=True)
        try:
            old = await storage.register()
            looser = warning(old, new)
            if dry_run:
                return difference(old, new), looser
            log = make_log()
            await adopt_for_tools(found, storage, log)
            now, stamps = tools_clock(found).now(), tools_stamps(found, log)
            return await apply_register(storage, Leaves(), stamps, new, remove=remove, now=now), looser
        finally:
            await storage.close()

    changes, looser = asyncio.run(work())
    acts = {ident: read.hoedanigheden for ident, read in readings(new).items()}
    notes = [*([] if looser is None else [looser]), *remarks(new)]
    if as_json:
        told: dict[str, Any] = {
            "nieuw": changes.nieuw,
            "gewijzigd": changes.gewijzigd,
            "verwijderd": changes.verwijderd,
            "hoedanigheden": acts,
        }
        print_json(told | ({"letOp": notes} if notes else {}))
        return
    for sign, ids in (("+", changes.nieuw), ("~", changes.gewijzigd), ("-", changes.verwijderd)):
        for each in ids:
            capacities = acts.get(each)
            say(f"{sign} {each}" + (f" ({', '.join(capacities)})" if capacities else ""))
    for note in notes:
        say(note)
    if not changes:
        say("Er verandert niets: het register is al zoals het bestand.")


def sleutel(
    kid: Annotated[str, typer.Argument(metavar="NAAM", help="Naam van de sleutel, zoals las-2026.")],
    file: Annotated[Path, typer.Argument(metavar="BESTAND", help="Hier komt de geheime sleutel (JWK).")],
) -> None:
    """Maak een sleutelpaar voor een client. De openbare helft komt op het scherm, voor in het register."""
    import orjson  # noqa: PLC0415
    from joserfc.jwk import ECKey  # noqa: PLC0415

    from gateway.wiring import refuse_checkout  # noqa: PLC0415

    if not re.fullmatch(r"[A-Za-z0-9._-]{1,80}", kid):
        raise WrongUse("de naam van een sleutel heeft alleen letters, cijfers, punt, _ en -, hooguit 80")
    refuse_checkout(file)
    key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise WrongUse(f"{file} is niet te maken: {why(error)}") from error
    with os.fdopen(handle, "wb") as secret:
        secret.write(orjson.dumps(key.as_dict(private=True)))
    public = key.as_dict(private=False)
    say("[[partijen.clients.sleutels]]")
    for name in ("kty", "crv", "x", "y", "kid"):
        say(f'{name} = "{public[name]}"')


def ledger_verify(
    settings: SettingsFile = None,
    database: Annotated[
        Path | None,
        typer.Option(
            metavar="BESTAND", help="Databasebestand, ook een kopie. Anders die van de instellingen."
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--sleutel", metavar="SLEUTEL", help="Openbare sleutel van de verantwoording."),
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="BESTAND",
            help="Eerder bewaard checkpoint (herhaalbaar, oudste eerst): controleer ook daartegen.",
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Controleer de hele verantwoording: niets gewijzigd, weggehaald, tussengevoegd of verwisseld.

    Vergelijkt met elk ondertekend checkpoint dat er is (gegeven, in de database, in het anker), met de stand
    in de database en met wat er is opgeslagen. Noemt wat niet klopt, en welke regels geen checkpoint dekt.
    Kan naast een draaiende gateway of op een kopie.
    """
    from gateway.cli.ledger import ledger_lines, ledger_told  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import (  # noqa: PLC0415
        Keys,
        Note,
        anchor_of,
        note_reader,
        verify_ledger,
        verify_rows,
        vkey_of,
    )

    notes = [Note(shown(p.name), read_text(p)) for p in checkpoint or ()]
    where: Path | str | None = database
    anchor = None
    if database is None or key is None or settings is not None:
        found = read_settings(settings)
        where = database or found.database
        key = key or vkey_of(Keys.load(found.keys), found.log_name)
        anchor = anchor_of(found)
    try:
        note_reader(key)
    except InvalidMessage as error:
        raise WrongUse("--sleutel is geen openbare sleutel van een verantwoording") from error
    assert where is not None, "given, or that of the settings"
    with progress("Regels controleren", as_json=as_json) as tick:
        checked = verify_ledger(where, key, notes, tick, anchor)
    # Rows are only compared with an account that is itself in order.
    rows = verify_rows(where)[0] if checked.report.first is None else []
    if as_json:
        print_json(ledger_told(checked, rows))
    else:
        for line in ledger_lines(checked, rows):
            say(line)
    if checked.report.first is not None or rows:
        raise typer.Exit(1)


def ledger_key(settings: SettingsFile = None) -> None:
    """Toon de openbare sleutel van de verantwoording, waarmee anderen bewijzen controleren."""
    from gateway.runtime.settings import read_settings  # noqa: PLC0415
    from gateway.wiring import Keys, vkey_of  # noqa: PLC0415

    found = read_settings(settings)
    say(vkey_of(Keys.load(found.keys), found.log_name))


def bewijs_check(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="BESTAND",
            help="Ontvangstbewijs (ook het hele antwoord bij aanname), inclusiebewijs, toestemmingsbewijs of "
            "intrekkingsbericht (JSON).",
        ),
    ],
    key: Annotated[
        str,
        typer.Option(
            "--sleutel",
            metavar="SLEUTEL",
            help="Openbare sleutel van de verantwoording, die u al had: niet uit het bewijs.",
        ),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Controleer een bewijs, zonder gateway en zonder database."""
    from gateway.wiring import check_bewijs  # noqa: PLC0415

    result = check_bewijs(read_bytes(file), key)
    if [p.naam for p in result.punten] == ["sleutel"]:
        raise WrongUse("de opgegeven sleutel is geen openbare sleutel van een verantwoording")
    if as_json:
        print_json(
            {
                "geldig": result.geldig,
                "punten": [{"naam": p.naam, "goed": p.goed, "uitleg": p.uitleg} for p in result.punten],
            }
        )
    else:
        for p in result.punten:
            say(f"{'goed' if p.goed else 'FOUT'}  {p.naam}: {p.uitleg}")
        say("Dit bewijs is geldig." if result.geldig else "Dit bewijs is niet geldig.")
    if not result.geldig:
        raise typer.Exit(1)
