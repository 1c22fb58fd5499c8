"""Policy as data: profiles of what is needed per doel, role and direction, and terms a region may tighten.

Parsing is pure; the gateway reads the files and hands the text in. A profile that names an unknown field, a
field of a category that never leaves, or gives no justification is refused when it is loaded.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from consent.grenzen import Grenzen
from schemas.base import NOOIT, Gegevenscategorie, Model, Tekst
from schemas.berichten import BERICHTEN
from schemas.errors import Fault, InvalidMessage
from schemas.partij import Rol
from schemas.toestemming import Gebruiksdoel, Richting


class Profielveld(Model):
    pad: Tekst
    waarom: Annotated[str, StringConstraints(min_length=10, max_length=300)]
    """Why this recipient cannot do without it, in one line."""
    norm: Tekst
    """Where that need is laid down."""


class Proportionaliteitsprofiel(Model):
    """The most that may go to a role for a doel in one direction; other fields stay home whoever agrees."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,80}$")]
    versie: Annotated[int, Field(ge=1)]
    doel: Gebruiksdoel
    rol: Rol
    richting: Richting
    bericht: Literal["ontwikkelingsperspectief", "terugkoppeling"]
    velden: Annotated[tuple[Profielveld, ...], Field(min_length=1)]

    @cached_property
    def paden(self) -> frozenset[str]:
        return frozenset(v.pad for v in self.velden)

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex) of the profile's canonical JSON: enters every decision made with it."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def parse_profiel(text: str) -> Proportionaliteitsprofiel:
    """One profile from TOML. Raises InvalidMessage with every unknown or forbidden field."""
    try:
        return check_profiel(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidMessage((Fault("toml", "/", "Dit is geen geldige TOML."),)) from error


def check_profiel(data: Mapping[str, Any]) -> Proportionaliteitsprofiel:
    try:
        profiel = Proportionaliteitsprofiel.model_validate_json(_json(data))
    except ValidationError as error:
        raise InvalidMessage(
            tuple(
                Fault("profiel.vorm", "/" + "/".join(map(str, e["loc"])), "Dit profielveld klopt niet.")
                for e in error.errors(include_input=False, include_url=False)
            )
        ) from None
    known = {b.pad: b for b in BERICHTEN[profiel.bericht].bladen}
    faults = [
        Fault("profiel.veld", f"/velden/{i}/pad", "Dit veld bestaat niet of mag nooit mee.")
        for i, v in enumerate(profiel.velden)
        if v.pad not in known or known[v.pad].categorie in NOOIT
    ]
    if len(profiel.paden) != len(profiel.velden):
        faults.append(Fault("profiel.dubbel", "/velden", "Een veld staat er twee keer in."))
    if faults:
        raise InvalidMessage(tuple(faults))
    return profiel


def _json(data: Mapping[str, Any]) -> bytes:
    return json.dumps(data, default=str).encode()


Sleutel = tuple[Gebruiksdoel, Rol, Richting]


@dataclass(frozen=True)
class Beleid:
    """Everything that steers a decision beside the facts.

    Values marked [P] in `consent.md` are policy: a region may make them stricter here.
    """

    profielen: Mapping[Sleutel, Proportionaliteitsprofiel] = field(repr=False)
    rules_hash: str = ""
    """SHA-256 of the source of this package, so that a decision names the code that made it."""
    gezag_max_maanden: int = 12
    besluit_minuten: int = 15
    kennisgevingen: frozenset[str] | None = None
    """Hashes of notices still current; None: no notice is outdated."""
    grenzen: Grenzen = field(default_factory=Grenzen)
    """Of what may go without toestemming."""
    velden: Mapping[str, Mapping[str, Gegevenscategorie]] = field(
        default_factory=lambda: {s: {b.pad: b.categorie for b in t.bladen} for s, t in BERICHTEN.items()},
        repr=False,
    )
    """Per message type: two types may use one path for fields of different categories."""

    @classmethod
    def of(
        cls, profielen: Iterable[Proportionaliteitsprofiel], rules_hash: str, besluit_minuten: int = 15
    ) -> Beleid:
        """Raises InvalidMessage when two profiles claim the same doel, role and direction."""
        by_key: dict[Sleutel, Proportionaliteitsprofiel] = {}
        for p in profielen:
            if by_key.setdefault((p.doel, p.rol, p.richting), p) is not p:
                raise InvalidMessage(
                    (Fault("profiel.botst", "/", "Twee profielen gelden voor hetzelfde geval."),)
                )
        return cls(by_key, rules_hash, besluit_minuten=besluit_minuten)

    def labels(self, bericht: str) -> Mapping[str, Gegevenscategorie]:
        """The category of every path a message of this type can have; of an unknown type none."""
        return self.velden.get(bericht, {})

    @cached_property
    def hash(self) -> str:
        """SHA-256 (hex): changes when anything of the policy changes, and only then."""
        return hashlib.sha256(
            _json(
                {
                    "rules": self.rules_hash,
                    "gezagMaxMaanden": self.gezag_max_maanden,
                    "besluitMinuten": self.besluit_minuten,
                    "kennisgevingen": None if self.kennisgevingen is None else sorted(self.kennisgevingen),
                    "grenzen": self.grenzen.described(),
                    "profielen": sorted([*key, p.hash] for key, p in self.profielen.items()),
                    "velden": sorted((s, sorted(v.items())) for s, v in self.velden.items()),
                }
            )
        ).hexdigest()
