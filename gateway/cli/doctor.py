"""`ozlijn doctor`: every setting that is weak or missing, with why it matters and what to do."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from gateway.cli.parts import AsJson, SettingsFile, print_json, say
from gateway.runtime.bevindingen import Bevinding, Ernst

_COUNTED = {
    Ernst.FOUT: ("fout", "fouten"),
    Ernst.WAARSCHUWING: ("waarschuwing", "waarschuwingen"),
    Ernst.TIP: ("tip", "tips"),
}


def doctor(
    settings: SettingsFile = None,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Geef ook 1 bij een waarschuwing: voor een controle die weigert.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Kijk na of alles goed is ingesteld: bestanden, sleutels, database, anker, klok, schijf en register.

    Kan naast een draaiende gateway en zonder. Wijzigt niets, verbindt alleen met de database, en toont nooit
    een geheim. Geeft 1 bij een fout, met --strict ook bij een waarschuwing. Draai hem als de gebruiker van de
    gateway. Zie docs/nakijken.md.
    """
    from gateway import nakijken  # noqa: PLC0415 - other commands start faster without it

    runs = nakijken.runs()
    found = nakijken.of_file(settings, runs)
    counted = Counter(b.soort.ernst for b in found)
    wrong = counted[Ernst.FOUT] > 0 or (strict and counted[Ernst.WAARSCHUWING] > 0)
    if as_json:
        print_json({"draait": runs, "bevindingen": [b.members() for b in found], "goed": not wrong})
    else:
        _tell(runs, found, counted)
    if wrong:
        raise typer.Exit(1)


def _tell(runs: dict[str, str], found: list[Bevinding], counted: Counter[Ernst]) -> None:
    say("Dit draait: " + ", ".join(f"{name} {version}" for name, version in runs.items()))
    for b in found:
        say(f"{b.soort.ernst}: {b.wat} [{b.code}]")
        say(f"  {b.soort.waarom}")
        say(f"  Doe dit: {b.soort.doen}")
    if not found:
        say("Niets gevonden.")
        return
    said = (f"{n} {one if n == 1 else more}" for e, (one, more) in _COUNTED.items() if (n := counted[e]))
    say(", ".join(said) + ".")
