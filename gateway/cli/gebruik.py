"""What is wrong with a command line, in Dutch: the library that reads it has no translations to choose from.

It is one line of ours, as every other refusal, with how the command is used above it. What was typed is shown
as a screen may show it, and a value that does not fit is not shown at all.
"""

from __future__ import annotations

import re
from typing import Any, Final

from typer import BadParameter
from typer.exceptions import TyperException

_COMMAND: Final = re.compile(r"No such command (?P<name>.+?)\.(?: Did you mean (?P<near>.+)\?)?", re.DOTALL)
_EXTRA: Final = re.compile(r"Got unexpected extra argument(?:s|\(s\))? \((?P<what>.*)\)", re.DOTALL)
_CHOICES: Final = re.compile(r"is not one of (?P<which>'.+')\.?", re.DOTALL)
_NUMBER: Final = re.compile(r"should be (?P<side>greater|less) than or equal to (?P<bound>-?\d+)")


def wrong(error: TyperException) -> str:
    """One sentence without a full stop, to be shown as names of others are."""
    option, param = getattr(error, "option_name", None), getattr(error, "param", None)
    told = error.message
    if isinstance(error, BadParameter):
        if hasattr(error, "param_type"):
            return f"{_named(param)} ontbreekt"
        return f"{_named(param)}: {_expected(param, told)}"
    if option is not None:
        if told.startswith("No such option"):
            near = sorted(getattr(error, "possibilities", None) or ())
            return f"de optie {option} bestaat niet" + _near(near)
        if "does not take a value" in told:
            return f"{option} krijgt geen waarde"
        return f"{option} heeft een waarde nodig"
    if found := _COMMAND.fullmatch(told):
        return f"de opdracht {found['name']} bestaat niet" + _near(
            re.findall(r"'([^']+)'", found["near"] or "")
        )
    if found := _EXTRA.fullmatch(told):
        return f"dit is te veel: {found['what']}"
    if told == "Missing command.":
        return "er staat geen opdracht"
    return "deze opdracht klopt niet"


def _named(param: Any) -> str:
    """`--adres` or BESTAND, as the help names it."""
    options = [str(name) for name in getattr(param, "opts", ()) if name.startswith("-")]
    if options:
        return options[-1]
    return str(getattr(param, "metavar", None) or getattr(param, "name", "een waarde")).removesuffix("...")


def _expected(param: Any, told: str) -> str:
    if found := _CHOICES.search(told):
        return "kan zijn: " + ", ".join(re.findall(r"'([^']+)'", found["which"]))
    if "does not match the format" in told:
        return "dit is geen dag zoals 2026-11-30"
    if found := _NUMBER.search(told):
        return f"dit moet {'minstens' if found['side'] == 'greater' else 'hoogstens'} {found['bound']} zijn"
    if "valid integer" in told:
        return "dit is geen heel getal"
    return f"dit past niet bij {getattr(param, 'metavar', None) or 'deze opdracht'}"


def _near(names: list[str]) -> str:
    return f"; misschien {' of '.join(names)}" if names else ""
