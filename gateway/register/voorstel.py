"""Another policy from files, to try before it is applied, in the forms that `apply` and `profile check` read.

What a file does not say stays as it is now. A convenant needs no signature here, because nothing goes by this
policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from consent.beleid import Beleid, Proportionaliteitsprofiel
from consent.convenant import Afspraken, Convenant, hash_of, parse_convenant
from consent.kennisgeving import Kennisgeving
from consent.recht import Wet, parse_wet, with_changes
from consent.recht_nu import HUIDIG
from consent.regio import Regiobeleid, parse_regio
from consent.vorm import parse_toml
from gateway.register.convenant import text_of
from gateway.register.profielbestanden import read_profielen
from schemas.errors import Fault, InvalidMessage, WrongUse


def proposed(
    now: Beleid, paths: Sequence[Path], besluit_minuten: int, kennisgevingen: Iterable[Kennisgeving]
) -> Beleid:
    """The policy `now` with what the files replace: profiles by their id, the values of the region, all
    convenanten, all changes of the law.

    `besluit_minuten` is the term from the settings, `kennisgevingen` are the texts in the register. Raises
    WrongUse, or InvalidMessage with all faults, each with its file's name.
    """
    profielen: list[Path] = []
    convenanten: dict[str, Convenant] = {}
    regio: Regiobeleid | None = None
    recht = now.recht
    faults: list[Fault] = []
    for path in paths:
        try:
            data = {} if path.is_dir() else parse_toml(text_of(path))
            if path.is_dir() or _has(data, "velden", "profielen"):
                profielen.append(path)
            elif _has(data, "afspraken", "geldigVan"):
                text = text_of(path)
                convenanten[hash_of(text)] = parse_convenant(text)
            elif _has(data, *Wet.model_fields):
                recht = with_changes(HUIDIG, parse_wet(text_of(path)))
            elif _has(data, "partijen"):
                raise WrongUse(
                    f"{path} heeft geen profielen, geen recht, geen waarden van de regio en geen convenant"
                )
            elif regio is not None:
                raise WrongUse("geef één bestand met waarden van de regio")
            else:
                regio = parse_regio(text_of(path))
        except InvalidMessage as error:
            faults += (replace(f, place=f"{path}{f.place}") for f in error.faults)
    if faults:
        raise InvalidMessage(tuple(faults))
    own: tuple[Proportionaliteitsprofiel, ...] = read_profielen(profielen).or_refuse() if profielen else ()
    by_id = {p.id: p for of_case in now.profielen.values() for p in of_case} | {p.id: p for p in own}
    return Beleid.of(
        by_id.values(),
        now.rules_hash,
        besluit_minuten,
        now.regio if regio is None else regio,
        Afspraken(convenanten, now.afspraken.verplicht) if convenanten else now.afspraken,
        kennisgevingen,
        recht,
        inrichting=now.inrichting,
        stromen=now.stromen,
    )


def _has(data: dict[str, Any], *names: str) -> bool:
    return any(n in data for n in names)
