"""Partijen and policy as they are now: made once per version of the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

import orjson
from pydantic import TypeAdapter

from consent.beleid import Beleid, Proportionaliteitsprofiel, check_profiel, parse_profiel
from consent.convenant import Afspraken
from consent.inrichting import Regio, Termijnen, inrichting_hash, stored_inrichting
from consent.kennisgeving import Kennisgeving
from consent.recht import check_wet, with_changes
from consent.recht_nu import HUIDIG
from consent.regio import ONZE, check_regio
from consent.stromen import Kracht, Stand, Stroomregel
from consent.vernauwing import vernauwd
from gateway.register.convenant import stored_convenant
from gateway.register.machtigingen import Machtigingen
from gateway.register.partijen import Partijen, PartijenReader
from gateway.register.stroomregels import shipped_stromen
from gateway.runtime.logs import Log
from gateway.runtime.namens import Gemachtigde, Handelende, handelend, namens
from schemas.errors import InvalidMessage, NotAuthenticated, RecordUnavailable, WrongUse
from schemas.events import PROMISE_BROKEN
from schemas.messages.tellingen import KLEINSTE_AANTAL
from schemas.people.partij import Partij, Registermandaat
from schemas.storage.storage import Register, Under

REGIO: Final = "regio"
"""The id of the one row with regional values."""
MANDATEN: Final = "mandaten"
"""The id of the one row with all mandaten, beside it. A register from before has none."""
MANDAAT_LIJST: Final[TypeAdapter[tuple[Registermandaat, ...]]] = TypeAdapter(tuple[Registermandaat, ...])
RECHT: Final = "recht"
"""The id of the one row with changes of the law."""
INRICHTING: Final = "inrichting"
"""The id of the one row with the file of the region, byte for byte. A register from before has none."""


@dataclass(frozen=True, slots=True)
class Regels:
    partijen: Mapping[str, Partij]
    beleid: Beleid
    kennisgevingen: Mapping[str, Kennisgeving] = field(default_factory=dict)
    """By ref, every version there is."""
    version: int = 0
    """The version of the register of which this was made."""
    mandaten: tuple[Registermandaat, ...] = ()
    inrichting: Regio | None = None
    """How the region works; None: no file of a region was applied."""
    machtigingen: Machtigingen = field(default_factory=Machtigingen)

    @property
    def kleinste_aantal(self) -> int:
        """The least count of leerlingen that goes in counts: the region's, never below ours."""
        eigen = None if self.inrichting is None else self.inrichting.kleinste_aantal
        return KLEINSTE_AANTAL if eigen is None else max(eigen, KLEINSTE_AANTAL)

    @property
    def termijnen(self) -> Termijnen:
        """The terms that the region agreed for a zaak; none without a region."""
        return Termijnen() if self.inrichting is None else self.inrichting.termijnen

    def stromen_op(self, dag: dt.date) -> tuple[Stroomregel, ...]:
        """The rules of a flow by which something may go on a day, as the region narrowed them. A rule that
        bars or is on hold lets nothing go.
        """
        table = self.beleid.stromen
        op = () if table is None else table.op(dag)
        return tuple(r for r in op if r.stand is Stand.ACTIEF and r.kracht is not Kracht.VERBOD)

    def under(self, as_of: dt.datetime) -> Under:
        """What a decision by these is taken under at a moment: every change that carries one is held to it.

        On the first day of another law or profile it is another, so what is held is decided again then.
        """
        return Under(self.version, self.beleid.hash_on(as_of))

    def present(self, partij: str, client: str) -> Partij:
        """The partij as this register has it. Raises NotAuthenticated when the partij or that client is not
        in it any more.

        The caller was let in under an earlier register; his request is decided under this one. Whether a
        machtiging or the role of a person still holds is asked at the commit.
        """
        found = self.partijen.get(partij)
        acting: Gemachtigde | Handelende | None = namens.get() or handelend.get()
        if found is None:
            raise NotAuthenticated
        in_name = acting is not None and (acting.partij, acting.client) == (partij, client)
        if not in_name and all(c.client_id != client for c in found.clients):
            raise NotAuthenticated
        return found

    def may_decide(self, partij: str, door: str, soort: str, op: dt.date) -> bool:
        """Whether `partij` may send a decision that `door` took on that day: its own, or with his mandate."""
        return partij == door or any(
            (m.gever, m.nemer) == (door, partij) and m.holds(soort, op) for m in self.mandaten
        )

    def fgs(self, partij: str) -> tuple[str, ...]:
        """The FGs who watch over this partij, in a fixed order; empty when none was registered."""
        return tuple(sorted(p.id for p in self.partijen.values() if partij in p.toezicht_op))


@dataclass(frozen=True, slots=True)
class _Made:
    """What one version of the register came to."""

    source: Partijen
    regels: Regels
    fault: Exception | None
    """Why `regels` has no profiles."""


class Regelbron:
    """Gives the current Regels.

    A profile in the register replaces a shipped one with the same id; convenanten and regional values of the
    register only make it stricter. `ozlijn apply` refuses a register that is no policy, but a newer gateway
    may ship a profile that clashes with one that was applied before. That is ours to repair, and it is said
    once per version in the log.
    """

    def __init__(
        self,
        reader: PartijenReader,
        shipped: Iterable[Proportionaliteitsprofiel],
        rules_hash: str,
        besluit_minuten: int,
        log: Log,
        *,
        convenant_required: bool = False,
        convenant_key: str | None = None,
    ) -> None:
        """`convenant_key` is the public JWK (JSON) under which every convenant must be signed."""
        self._convenant_key = convenant_key
        self._convenant_required = convenant_required
        self._besluit_minuten = besluit_minuten
        self._reader = reader
        self._shipped = {p.id: p for p in shipped}
        self._rules_hash = rules_hash
        self._log = log
        self._made: _Made | None = None

    async def current(self) -> Regels:
        """The rules of this moment. Raises RecordUnavailable when the register cannot be made into policy."""
        made = await self._make()
        if made.fault is not None:
            raise RecordUnavailable("the register is no policy") from made.fault
        return made.regels

    async def current_or_deny(self) -> Regels:
        """The same as `current`, but where that raises, rules without profiles, which permit nothing.

        Only for what must be recorded whatever happens, such as a withdrawal. A decision under these rules is
        a DENY, and that destroys content.
        """
        return (await self._make()).regels

    def of(self, register: Register) -> Regels:
        """The Regels of a register that was kept. Raises RecordUnavailable when it makes no policy."""
        made = self._from(Partijen.parse(register))
        if made.fault is not None:
            raise RecordUnavailable("the register is no policy") from made.fault
        return made.regels

    async def _make(self) -> _Made:
        found = await self._reader.current()
        if self._made is None or self._made.source is not found:
            self._made = self._from(found)
        return self._made

    def _from(self, found: Partijen) -> _Made:
        try:
            rows = found.beleid.get(MANDATEN)
            mandaten = () if rows is None else MANDAAT_LIJST.validate_json(rows)
            texts = tuple(map(Kennisgeving.model_validate_json, found.kennisgevingen.values()))
            tekst = inrichting_text(found.beleid)
            inrichting = None if tekst is None else stored_inrichting(tekst)
            own = {i: check_profiel(orjson.loads(text)) for i, text in found.profielen.items()}
            beleid = Beleid.of(
                (self._shipped | own).values(),
                self._rules_hash,
                self._besluit_minuten,
                check_regio(orjson.loads(found.beleid[REGIO])) if REGIO in found.beleid else ONZE,
                Afspraken(
                    dict(stored_convenant(c, self._convenant_key) for c in found.convenanten.values()),
                    verplicht=self._convenant_required,
                ),
                texts,
                with_changes(HUIDIG, check_wet(orjson.loads(found.beleid[RECHT])))
                if RECHT in found.beleid
                else HUIDIG,
                inrichting="" if tekst is None else inrichting_hash(tekst),
                stromen=vernauwd(shipped_stromen(), () if inrichting is None else inrichting.stromen),
            )
        except (InvalidMessage, WrongUse, ValueError, TypeError, LookupError) as error:
            self._log(PROMISE_BROKEN, exception=error, problem="register")
            # Without rules of a flow: with them what waits for one would be kept, and this must refuse.
            nothing = Beleid({}, self._rules_hash, stromen=None)
            return _Made(found, Regels(found.by_id, nothing, version=found.version), error)
        texts_by_ref = {t.ref: t for t in texts}
        regels = Regels(
            found.by_id, beleid, texts_by_ref, found.version, mandaten, inrichting, found.machtigingen
        )
        return _Made(found, regels, None)


def inrichting_text(beleid: Mapping[str, str]) -> str | None:
    """The file of the region as it was applied. Raises ValueError, LookupError, TypeError."""
    row = beleid.get(INRICHTING)
    return None if row is None else orjson.loads(row)["tekst"]


@cache
def shipped_profiles() -> tuple[Proportionaliteitsprofiel, ...]:
    """The profiles we ship. They are part of the installed package, so a process reads them once."""
    folder = files("consent").joinpath("profielen")
    texts = sorted(f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".toml"))
    return tuple(map(parse_profiel, texts))
