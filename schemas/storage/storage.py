"""Values that cross the storage port (gateway/ports). One `Change` is one commit, all of it or nothing.

They live here because adapters may not import the gateway. Nothing in them is specific to an engine.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from schemas.account.verantwoording import EventType, Leaf
from schemas.exchange.taak import Taak
from schemas.exchange.uitwisseling import Levering, Leveringgebeurtenis, Uitwisseling
from schemas.identifiers import Id


@dataclass(frozen=True, slots=True)
class Sealed:
    """Ciphertext under a key of its own, and that key wrapped by the leerling's key (AES-256-GCM)."""

    key: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The first answer to an Idempotency-Key, kept with the change it answers.

    `key_hash` and `request_hash` are keyed hashes: a client could put a name in its key. Unique per partij
    and key_hash.
    """

    partij: str
    key_hash: bytes
    request_hash: bytes
    status: int
    body: bytes
    at: dt.datetime
    stamp: bytes = b""
    """MAC over everything above but `at`, so that nobody can make us answer what we never answered."""


@dataclass(frozen=True, slots=True)
class NewLeerling:
    """A leerling of `partij` who was not known before.

    (partij, blind_index) is unique. `ref` is the pairwise reference for that same partij, `key` the
    leerling's key, wrapped by the key store.
    """

    id: Id
    partij: str
    blind_index: bytes
    ref: Id
    key: bytes
    identity: Sealed
    lookalike: bytes | None
    """The blind index over the id as it looks. Leerlingen of one partij whose ids nobody can tell apart have
    the same one.

    None while it is not known, for a leerling whom an older release stored.
    """


@dataclass(frozen=True, slots=True)
class LeerlingRow:
    """A leerling as stored.

    `ref` is the reference for the partij that asked; `owner_ref` is the one for the partij that owns the
    record, and the one that stands in leaves of the account. `epoch` counts changes of recorded facts,
    `volgnummer` counts facts and releases together, `accepted` counts the uitwisselingen that were accepted
    about him. `feitenhash` is the running hash over the ids of the facts, and `stamp` the keyed MAC over all
    that identifies the row, this hash and the first two counters. Both are empty in a row that an older
    release wrote.
    """

    id: Id
    owner: str
    owner_ref: Id
    ref: Id
    key: bytes
    identity: Sealed
    epoch: int
    volgnummer: int
    accepted: int = 0
    blind_index: bytes = b""
    feitenhash: bytes = b""
    stamp: bytes = b""


@dataclass(frozen=True, slots=True)
class Leerlingstempel:
    """What a change makes of `feitenhash` and `stamp`.

    Both are known before the commit, because the change expects the two counters that are in them.
    """

    feitenhash: bytes
    stamp: bytes


@dataclass(frozen=True, slots=True)
class Koppeling:
    """A second partij now knows this leerling, under a reference of its own, because of a permitted levering.

    (leerling, partij) is unique; inserting it again is not an error and keeps the first ref.
    """

    ref: Id
    leerling: Id
    partij: str
    levering: Id


@dataclass(frozen=True, slots=True)
class StoredFact:
    """One recorded fact, sealed. `kind` is its `feit`; order of recording is order of reading."""

    id: Id
    leerling: Id
    kind: str
    recorded_by: str
    recorded_at: dt.datetime
    sealed: Sealed


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the decision in this change was based on. When it is different at the commit, the answer is Moved
    and nothing is written.

    A `volgnummer` or `accepted` of None is not compared. `draw` raises `volgnummer` by one in the same
    commit. A caller who decides about everything that is open about a leerling expects `accepted`, so that no
    message about him is accepted between his reading and his commit.
    """

    leerling: Id
    epoch: int
    volgnummer: int | None = None
    draw: bool = False
    accepted: int | None = None


@dataclass(frozen=True, slots=True)
class Under:
    """What a decision was taken under: a version of the register, and the hash of the policy that it gave.

    The hash tells two releases of the gateway apart that make different policy of one register.
    """

    register: int
    policy: str

    def __str__(self) -> str:
        return f"{self.register}:{self.policy}"


@dataclass(frozen=True, slots=True)
class LeveringWrite:
    """A new levering (`expected` None) or its next version (`expected` is the stored `versie`).

    `levering.versie` must be 0 for a new one, else expected + 1. `content` replaces what is stored,
    `drop_content` destroys it. `enqueue` gives it the next postbus position in commit order.
    """

    levering: Levering
    event: Leveringgebeurtenis
    expected: int | None = None
    content: Sealed | None = None
    drop_content: bool = False
    enqueue: bool = False


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A levering that was decided again and stays as it is, at its stored `versie`."""

    levering: Id
    versie: int


@dataclass(frozen=True, slots=True)
class TaakWrite:
    """A new taak (`expected` None) or its next version (`expected` is the stored `versie`).

    `taak.versie` must be 0 for a new one, else expected + 1. A next version keeps id, partij, leerling and
    sleutel.
    """

    taak: Taak
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class ZaakRow:
    """A zaak or overleg as stored: its steps, sealed under the key of what it is about.

    `soort` is `zaak` or `overleg`. `versie` counts its steps, from 1. `stamp` is the keyed MAC over all of
    it. From `vergeten_op` on it may be forgotten; None while it is not closed.
    """

    id: Id
    soort: str
    leerling: Id
    versie: int
    sealed: Sealed
    stamp: bytes
    vergeten_op: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ZaakWrite:
    """A new zaak (`expected` None) or its next version (`expected` is the stored `versie`).

    `partijen` are those who find it in their list from now on; who was there already stays.
    """

    row: ZaakRow
    expected: int | None = None
    partijen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """An uitwisseling, and the ids of the leaves of the change that tell of it."""

    uitwisseling: Uitwisseling
    leaves: tuple[Id, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that one operation writes.

    Order of checks: the answer's key is free, else AlreadyAnswered. Then, else Moved: the register is still
    `of_register`, the new leerling does not exist, the expectation holds, every levering (written or
    `unchanged`), taak and zaak has its expected versie, and the sleutel of every new taak is free for its
    partij.

    `facts` together raise the epoch of the leerling (new or expected) by one. `uitwisseling`, and each of
    `each_of`, raises `accepted` of its leerling. An accept need not expect that counter, so that two pushes
    about one leerling do not stop each other. All leaves tell of `uitwisseling`; each of `each_of` says which
    tell of it.

    `leaves` get their places in the ledger in this order; the n-th leaf tells of the n-th fact. `under` is
    there when the change carries a decision, and is kept with every levering in it. From the Dutch calendar
    day `kijk_op` on, the leerling (new or expected) is among those to look at; None leaves that day as it
    was.

    `stempel` is needed whenever epoch or volgnummer rises, and for a new leerling. Without it the row keeps
    its old stamp, which no longer fits.

    A commit that writes a levering or taak, leaves a levering `unchanged` or sets a day to look, ends the
    claims on it (see Portion).
    """

    leaves: tuple[Leaf, ...] = ()
    answer: StoredAnswer | None = None
    new_leerling: NewLeerling | None = None
    expect: Expectation | None = None
    facts: tuple[StoredFact, ...] = ()
    uitwisseling: Uitwisseling | None = None
    each_of: tuple[Accepted, ...] = ()
    leveringen: tuple[LeveringWrite, ...] = ()
    unchanged: tuple[Unchanged, ...] = ()
    under: Under | None = None
    koppeling: Koppeling | None = None
    taken: tuple[TaakWrite, ...] = ()
    kijk_op: dt.date | None = None
    stempel: Leerlingstempel | None = None
    zaken: tuple[ZaakWrite, ...] = ()
    register: int | None = None
    """The version of the register in which whoever does this was let in, where that must hold at the
    commit.
    """

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """Every uitwisseling in it."""
        if self.uitwisseling is None:
            return self.each_of
        return (Accepted(self.uitwisseling, tuple(leaf.id for leaf in self.leaves)), *self.each_of)

    @property
    def of_register(self) -> int | None:
        """The version that the register must have. Of two the older: then it has changed since."""
        decided = None if self.under is None else self.under.register
        return min((v for v in (self.register, decided) if v is not None), default=None)


@dataclass(frozen=True, slots=True)
class Committed:
    """The change is durable. `leaves` are the ids of its leaves, in order.

    Where they stand in the tree is asked when a proof is made (`Storage.positions_of`).
    """

    leaves: tuple[Id, ...]


@dataclass(frozen=True, slots=True)
class AlreadyAnswered:
    """The key was used before, maybe a moment ago by a second copy of this request. Nothing was written."""

    answer: StoredAnswer


@dataclass(frozen=True, slots=True)
class Moved:
    """What the change was based on is no longer so, and nothing was written. The caller reads again and
    decides again.
    """


CommitResult = Committed | AlreadyAnswered | Moved


class Job(StrEnum):
    """Work that any process may do, and only one at a time does."""

    EXPIRE = "expire"
    """Leveringen whose term is over or that nobody signs for."""
    REDECIDE = "redecide"
    """Held leveringen that were last decided under another register or policy."""
    LOOK = "look"
    """Leerlingen whose day has come."""
    ESCALATE = "escalate"
    """Taken that nobody did in time."""
    PURGE = "purge"
    """Rows whose term is over."""
    COMPARE = "compare"
    """All rows, compared with the account."""
    MAIL = "mail"
    """Mail that is due, and mail that came back."""
    READY = "ready"
    """No work: a gateway that is asked whether it is ready tries with this claim whether it can write."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Work that somebody claims: at most `limit` rows that nobody has at `now`.

    They are his until `until`. Then the claim has lapsed, because the process that made it may have died.
    """

    now: dt.datetime
    until: dt.datetime
    limit: int


@dataclass(frozen=True, slots=True)
class Purged:
    """What one step of a purge did. `after` is where the next step begins; None when it came to the end."""

    gone: int
    after: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How many leveringen have one status, and since when the one of them has it whose term ends first."""

    count: int
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Periode:
    """Leveringen that count in `van <= moment < tot`, of these partijen: what they sent, and what was handed
    over to them.

    A levering counts at the moment of its first hand-over, else of what happened to it last. `leerling`, by
    our internal id, leaves out those about others. `na` is the moment and id of the last one that was read.
    """

    partijen: tuple[str, ...]
    van: dt.datetime
    tot: dt.datetime
    leerling: Id | None = None
    na: tuple[dt.datetime, str] | None = None


class Keepsoort(StrEnum):
    """What kind of row is kept beside the exchanges."""

    AANMELDING = "aanmelding"
    """A login on its way: to be used once, by the browser that began it."""
    SESSIE = "sessie"
    """Somebody who is signed in, in one browser."""
    BIJ_UITGEVER = "bij_uitgever"
    """By which session of the issuer a session of ours was made, so that he can end it."""
    PERSOON = "persoon"
    """One person at one partij: his random reference."""
    PERSOONSKOPPELING = "persoonskoppeling"
    """Which record of gezag a person may read by, and for which partij."""
    UITNODIGING = "uitnodiging"
    """An invitation by its code."""
    BERICHT = "bericht"
    """A mail that is to go, and by what it is known when it comes back."""
    POSTADRES = "postadres"
    """Where somebody gets mail, whether he wants it, and when the next one is due."""
    CONCEPT = "concept"
    """What somebody at a partij is still writing."""
    LEERLINGNAAM = "leerlingnaam"
    """What a partij calls its own leerling on its own pages."""
    GEOPEND = "geopend"
    """What a person opened and did not sign for yet."""
    RONDE = "ronde"
    """What one process did last of the work that time asks for."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row beside the exchanges, found by its soort and id; the rows of one `groep` are found together.

    `inhoud` is sealed. From `verloopt` on it may be forgotten, and who reads it treats it as gone; None: it
    stays. `versie` rises by one with each change.
    """

    soort: Keepsoort
    id: str
    groep: str
    versie: int
    verloopt: dt.datetime | None
    inhoud: bytes = field(repr=False)


WHOLE: Final = ""
"""The id of a claim on a job that is not divided in rows."""
FIRST_TAAK: Final = 10**12
"""The first number of a partij's taken.

It lies above every number that older releases gave out, which counted the taken of all partijen. So a caller
who asks for what comes after such an old number begins at the start.
"""


@dataclass(frozen=True, slots=True)
class Register:
    """All that was applied, each as its canonical JSON text by id. `version` rises per apply.

    A convenant is kept as its signed text with the signature; `beleid` has one row at most. `stamp` is the
    keyed MAC over version and content; empty in what an older release wrote.
    """

    version: int
    partijen: dict[str, str] = field(default_factory=dict)
    profielen: dict[str, str] = field(default_factory=dict)
    convenanten: dict[str, str] = field(default_factory=dict)
    beleid: dict[str, str] = field(default_factory=dict)
    kennisgevingen: dict[str, str] = field(default_factory=dict)
    stamp: bytes = field(default=b"", kw_only=True)

    @property
    def soorten(self) -> dict[str, dict[str, str]]:
        """Its parts by kind, in a fixed order, in which a store writes and reads them."""
        return {
            "partij": self.partijen,
            "profiel": self.profielen,
            "convenant": self.convenanten,
            "beleid": self.beleid,
            "kennisgeving": self.kennisgevingen,
        }


@dataclass(frozen=True, slots=True)
class Adopted:
    """Stamps for rows that an older release wrote, by what names the row. Nothing else in those rows changes.

    `leaf` comes at the end: it says in the account that from here on every row is stamped.
    """

    leerlingen: dict[Id, Leerlingstempel] = field(default_factory=dict)
    leveringen: tuple[Levering, ...] = ()
    uitwisselingen: tuple[Uitwisseling, ...] = ()
    answers: tuple[StoredAnswer, ...] = ()
    registers: dict[int, bytes] = field(default_factory=dict)
    leaf: Leaf | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One ledger row: position from 0 without gaps, canonical leaf bytes, RFC 6962 leaf hash."""

    position: int
    soort: EventType
    canonical: bytes
    leaf_hash: bytes


@dataclass(frozen=True, slots=True)
class TreeHead:
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A signed checkpoint as handed out; `note` is the signed-note text."""

    size: int
    note: str
