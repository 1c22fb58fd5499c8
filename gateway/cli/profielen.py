"""`profile check`, `profile diff` and `convenant teken`: look at what steers decisions before it does so."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.parts import AsJson, print_json, read_bytes, say
from gateway.runtime.tonen import shown


def profile_check(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="BESTAND...", help="Profielen (TOML), mappen daarvan, of een registerbestand."
        ),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Controleer profielen: elk veld bestaat, mag mee, is verantwoord en goed gemerkt.

    Noemt alle fouten met hun plaats, ook profielen die elkaar in de weg zitten, en elke reden die voor meer
    dan één rol of doel is gebruikt zonder te zeggen waarom. Geeft 1 als er iets gevonden is.
    """
    from gateway.register.profielbestanden import read_profielen  # noqa: PLC0415 - other commands start faster

    found = read_profielen(paths)
    seen = (*found.fouten, *found.bevindingen)
    if as_json:
        print_json(
            {
                "bestanden": found.bestanden,
                "profielen": len(found.profielen),
                "bevindingen": [
                    {"bestand": name, "code": f.code, "plaats": f.place, "tekst": f.text} for name, f in seen
                ],
            }
        )
    else:
        for name, f in seen:
            say(f"{name}: {f.place or '/'}: {f.text} [{f.code}]")
        say(f"Profielen in orde: {len(found.profielen)}. Gevonden: {len(seen)}.")
    if seen:
        raise typer.Exit(1)


def profile_diff(
    old: Annotated[Path, typer.Argument(metavar="OUD", help="Bestand of map met de profielen van nu.")],
    new: Annotated[Path, typer.Argument(metavar="NIEUW", help="Bestand of map met de nieuwe profielen.")],
    beleid: Annotated[
        tuple[Path, Path] | None,
        typer.Option(metavar="OUD NIEUW", help="Bestanden met de waarden van de regio, van nu en nieuw."),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Laat zien wat nieuwe profielen veranderen: welke velden erbij komen, en welke weggaan.

    Per doel, rol, richting en soort bericht, met de soorten gegevens die open- of dichtgaan. Geeft 1 als er
    ergens iets bij komt: dan moet iemand ernaar kijken. Dat geldt ook voor wat een FG ruimer maakt.
    """
    from consent.regio import loosened, parse_regio  # noqa: PLC0415
    from consent.verschil import differences  # noqa: PLC0415
    from gateway.register.convenant import text_of  # noqa: PLC0415
    from gateway.register.profielbestanden import read_profielen  # noqa: PLC0415
    from schemas.messages.berichten import BERICHTEN  # noqa: PLC0415

    found = differences(read_profielen([old]).or_refuse(), read_profielen([new]).or_refuse())
    looser = None if beleid is None else loosened(*(parse_regio(text_of(p)) for p in beleid))
    opens = any(v.erbij for v in found) or looser is not None
    if as_json:
        names = ("doel", "rol", "richting", "bericht")
        rows = [
            {
                **dict(zip(names, map(str, v.geval), strict=True)),
                "erbij": v.erbij,
                "weg": v.weg,
                "soortenOpen": v.open,
                "soortenDicht": v.dicht,
                "toelichting": v.toelichting,
            }
            for v in found
        ]
        print_json({"opent": opens, "verschillen": rows} | ({} if looser is None else {"letOp": [looser]}))
    else:
        for v in found:
            say(", ".join(map(str, v.geval)))
            labels = {b.pad: b.categorie for b in BERICHTEN[v.geval[3]].bladen}
            for sign, paths in (("+", v.erbij), ("-", v.weg), ("~", v.toelichting)):
                for path in paths:
                    say(f"  {sign} {path} ({labels[path]})")
            for what, categories in (("gaat open", v.open), ("gaat dicht", v.dicht)):
                if categories:
                    say(f"  {what}: {', '.join(categories)}")
        if looser is not None:
            say(looser)
        say("Er komt iets bij." if opens else "Er komt nergens iets bij.")
    if opens:
        raise typer.Exit(1)


def convenant_sign(
    file: Annotated[Path, typer.Argument(metavar="BESTAND", help="Het convenant (TOML).")],
    key: Annotated[
        Path, typer.Argument(metavar="SLEUTEL", help="Geheime sleutel (JWK), gemaakt met ozlijn sleutel.")
    ],
) -> None:
    """Onderteken een privacyconvenant. De handtekening komt ernaast, in BESTAND.jws.

    Wie het convenant daarna wijzigt, ondertekent opnieuw. Toont de openbare sleutel voor de instellingen.
    """
    from gateway.register.convenant import sign_convenant  # noqa: PLC0415

    target, public = sign_convenant(file, read_bytes(key))
    say(f"Handtekening: {shown(target)}")
    say(f"Voor de instellingen: convenant_key = '{public}'")
