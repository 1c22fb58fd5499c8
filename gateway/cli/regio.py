"""`regio check`, `diff`, `apply` and `toon`: a region as files."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli.parts import AsJson, SettingsFile, print_bytes, print_json, say
from gateway.runtime.tonen import shown
from schemas.errors import Fault, WrongUse

if TYPE_CHECKING:
    from consent.inrichting import Regio
    from gateway.regio.bestanden import Regiomap
    from gateway.runtime.settings import Settings
    from schemas.storage.storage import Register

Map = Annotated[Path, typer.Argument(metavar="MAP", help="De map van de regio, met regio.toml.")]
Partijen = Annotated[
    Path | None,
    typer.Option(metavar="BESTAND", help="Het registerbestand. Anders partijen.toml in de map."),
]


def regio_check(folder: Map, partijen: Partijen = None, *, as_json: AsJson = False) -> None:
    """Controleer een regio: onbekende namen, tegenspraak, stromen zonder regel, rijen die nooit antwoorden.

    Elke combinatie van arrangement, leeftijd en woonplaats wordt gevraagd, en heeft precies één antwoord.
    Geeft 1 als er een fout is, met bestand en regel. Wat een mens moet weten en mag laten, staat er als let
    op bij.
    """
    from gateway.regio.bestanden import read_regio  # noqa: PLC0415 - other commands start faster

    found = read_regio(folder, partijen)
    bewijs = found.nagezien.bewijs
    if as_json:
        print_json(
            {
                "regio": found.regio.id,
                "versie": found.regio.versie,
                "hash": _hash(found.tekst),
                "gevallen": bewijs.gevallen,
                "bewijs": asdict(bewijs),
                "letOp": [_fault(f) for f in found.nagezien.opmerkingen],
            }
        )
        return
    for f in found.nagezien.opmerkingen:
        say(f"Let op: {f.place}{'' if f.line is None else f' (regel {f.line})'}: {f.text} [{f.code}]")
    say(
        f"{bewijs.arrangementen} arrangementen x {bewijs.leeftijden} leeftijden x {bewijs.woonplaatsen} "
        f"woonplaatsen = {bewijs.gevallen} gevallen, elk met precies één antwoord."
    )
    say(f"{found.regio.naam}, versie {found.regio.versie}: in orde.")


def regio_diff(
    folder: Map,
    oud: Annotated[
        Path | None, typer.Option("--oud", metavar="MAP", help="Vergelijk met deze map in plaats van met nu.")
    ] = None,
    settings: SettingsFile = None,
    partijen: Partijen = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Laat zien wat een regio zou veranderen, en voor wie. Er wordt niets toegepast."""
    from gateway.regio.bestanden import read_regio  # noqa: PLC0415

    if oud is not None:
        _tell(read_regio(oud).regio, read_regio(folder, partijen), as_json=as_json)
        return
    found, new = _read(folder, partijen, settings)
    _tell(_in_force(_stored(found)), new, as_json=as_json)


def regio_apply(
    folder: Map,
    settings: SettingsFile = None,
    partijen: Partijen = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Toon alleen wat er zou veranderen.")] = False,
    remove: Annotated[
        bool, typer.Option("--verwijder", help="Haal weg wat niet meer in de bestanden staat.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Pas een regio toe: alles in één keer, of niets. Terug kan door de map van daarvoor toe te passen."""
    from gateway.register.apply import difference, warning  # noqa: PLC0415

    found, new = _read(folder, partijen, settings)
    register = new.register
    if register is None:
        raise WrongUse("er is geen registerbestand: zet partijen.toml in de map, of geef --partijen")
    old = _stored(found)
    before, told = _in_force(old), warning(old, register)
    done = difference(old, register) if dry_run else asyncio.run(_apply(found, register, remove=remove))
    _tell(before, new, as_json=as_json, also=None if told is None else told, register=done)


async def _apply(found: Settings, register: Register, *, remove: bool) -> Any:
    from gateway.register.apply import apply_register  # noqa: PLC0415
    from gateway.runtime.logs import make_log  # noqa: PLC0415
    from gateway.wiring import (  # noqa: PLC0415
        Leaves,
        adopt_for_tools,
        open_for_tools,
        tools_clock,
        tools_stamps,
    )

    storage = open_for_tools(found.database, create=True)
    try:
        log = make_log()
        await adopt_for_tools(found, storage, log)
        now, stamps = tools_clock(found).now(), tools_stamps(found, log)
        return await apply_register(storage, Leaves(), stamps, register, remove=remove, now=now)
    finally:
        await storage.close()


def regio_toon(
    folder: Annotated[
        Path | None, typer.Argument(metavar="MAP", help="Een map. Anders de regio die nu geldt.")
    ] = None,
    settings: SettingsFile = None,
    *,
    bestand: Annotated[bool, typer.Option("--bestand", help="Geef regio.toml zelf, byte voor byte.")] = False,
    as_json: AsJson = False,
) -> None:
    """Laat zien hoe een regio werkt: wie beslist, welke weg, welk overleg, wat niet gaat."""
    from consent.inrichting import stored_inrichting  # noqa: PLC0415
    from gateway.regio.bestanden import read_regio  # noqa: PLC0415
    from gateway.regio.tonen import lines  # noqa: PLC0415
    from gateway.register.regels import inrichting_text  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415

    if folder is not None:
        text: str | None = read_regio(folder).tekst
    else:
        text = inrichting_text(_stored(read_settings(settings)).beleid)
    if text is None:
        raise WrongUse("er is geen regio toegepast; geef een map, of pas er een toe met ozlijn regio apply")
    regio = stored_inrichting(text)
    if bestand:
        print_bytes(text.encode())
    elif as_json:
        print_json({"hash": _hash(text)} | regio.model_dump(mode="json", by_alias=True, exclude_none=True))
    else:
        for line in lines(regio, _hash(text)):
            say(line)


def _read(folder: Path, partijen: Path | None, settings: Path | None) -> tuple[Settings, Regiomap]:
    from gateway.regio.bestanden import read_regio  # noqa: PLC0415
    from gateway.runtime.settings import read_settings  # noqa: PLC0415

    found = read_settings(settings)
    if found.convenant_key is None and any(folder.glob("convenanten/*.toml")):
        raise WrongUse("zet eerst convenant_key in de instellingen: de sleutel die een convenant ondertekent")
    return found, read_regio(folder, partijen, found.convenant_key)


def _stored(found: Settings) -> Register:
    from gateway.wiring import open_for_tools  # noqa: PLC0415

    async def work() -> Register:
        storage = open_for_tools(found.database, create=True)
        try:
            return await storage.register()
        finally:
            await storage.close()

    return asyncio.run(work())


def _in_force(register: Register) -> Regio | None:
    from consent.inrichting import stored_inrichting  # noqa: PLC0415
    from gateway.register.regels import inrichting_text  # noqa: PLC0415

    text = inrichting_text(register.beleid)
    return None if text is None else stored_inrichting(text)


def _tell(
    old: Regio | None, new: Regiomap, *, as_json: bool, also: str | None = None, register: Any = None
) -> None:
    from gateway.regio.verschil import changes  # noqa: PLC0415
    from gateway.register.stroomregels import shipped_stromen  # noqa: PLC0415

    found = changes(old, new.regio, shipped_stromen())
    if as_json:
        rows = {} if register is None else {"register": asdict(register)}
        print_json({"wijzigingen": [asdict(w) for w in found], **({"letOp": also} if also else {}), **rows})
        return
    for w in found:
        say(f"{shown(w.onderdeel)} | {shown(w.voor_wie)} | {shown(w.was)} -> {shown(w.wordt)}")
    if register is not None:
        for sign, ids in (("+", register.nieuw), ("~", register.gewijzigd), ("-", register.verwijderd)):
            for each in ids:
                say(f"{sign} {shown(each)}")
    if also:
        say(also)
    if not found and not register:
        say("Er verandert niets.")


def _hash(text: str) -> str:
    from consent.inrichting import inrichting_hash  # noqa: PLC0415

    return inrichting_hash(text)


def _fault(f: Fault) -> dict[str, Any]:
    return {"code": f.code, "plaats": f.place, "regel": f.line, "tekst": f.text}
