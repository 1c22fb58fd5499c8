"""Parts of the file of a region that others work with: kinds of overleg, and the steps for a thuiszitter.

Both are data, so that a kind that a region invents needs no release. Who gets what there follows from the
rules of a flow and never from these.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.base import Model, Tekst
from schemas.people.partijcodes import Partijhoedanigheid
from schemas.people.toestemming import Gebruiksdoel

Deelcode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{2,40}$")]
"""How a region calls a kind of overleg or a step."""
Stroomnummer = Annotated[str, StringConstraints(pattern=r"^V[0-9]{2}[a-z]?$")]
"""The rule of a flow, as in consent/stromen.toml."""
Deelnemers = Annotated[tuple[Partijhoedanigheid, ...], Field(max_length=50)]


class Overlegregel(Model):
    """One kind of overleg: who convenes, who is there, who decides. The family is always invited."""

    code: Deelcode
    naam: Tekst
    roept_bijeen: Annotated[Deelnemers, Field(min_length=1)]
    moet: Deelnemers = ()
    """Without one of these it is not held."""
    mag: Deelnemers = ()
    """May be asked for one case; nobody else is."""
    stappen: Annotated[tuple[Deelnemers, ...], Field(max_length=10)] = ()
    """Who joins at which step, in order: nobody of a step is asked before somebody of each step before it.
    Empty: all at once.
    """
    anoniem_eerst: bool = True
    """It may be held without knowing about whom. False: only once that is known, with the family asked."""
    beslist: Partijhoedanigheid | None = None
    """Who decides there. None: it advises."""
    mandaat: Tekst | None = None
    """On which mandaatbesluit."""
    oproep_dagen: Annotated[int, Field(ge=0, le=365)] | None = None
    """So many days ahead its participants are called: a taak of the regisseur."""
    verslag_dagen: Annotated[int, Field(ge=0, le=365)] | None = None
    """Within so many days its outcome goes to the table: a taak of the regisseur."""
    volgende_weken: Annotated[int, Field(ge=1, le=104)] | None = None
    """Within so many weeks there is a next one, where no day was agreed."""
    escaleert_naar: Deelcode | None = None
    """The kind of overleg that has doorzettingsmacht when this one does not come to it."""

    @property
    def kring(self) -> tuple[Partijhoedanigheid, ...]:
        """Everybody who may be there, each once."""
        return tuple(dict.fromkeys((*self.roept_bijeen, *self.moet, *self.mag)))


class Thuiszitterstap(Model):
    """What is done on a day of the counter. The step is a flow of its own, by the rule that it names."""

    dag: Annotated[int, Field(ge=0, le=1_000)]
    telt: Literal["schooldagen", "kalenderdagen"] = "schooldagen"
    verzuim: Annotated[tuple[Deelcode, ...], Field(max_length=20)] = ()
    """Kinds of absence for which it counts. Empty: all."""
    code: Deelcode
    wat: Tekst
    van: Partijhoedanigheid
    aan: Partijhoedanigheid
    bericht: Tekst
    doel: Gebruiksdoel
    regel: Stroomnummer
