"""Where ports meet adapters: the only module that imports adapters. mypy proves here that they fit.

A `World` is everything outside the exchange itself. Tests and the demo make one with other parts (memory,
a store that fails on purpose, a clock that is moved); nothing is patched.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import adapters.xml.parser
from adapters import gedeeld, ijw, oso
from adapters.ijw.kopie import lees_kopieen
from adapters.ijw.melding import translate_meldingen
from adapters.ledger.bewijs import BewijsUitslag, check_bewijs
from adapters.ledger.findings import Finding as LedgerFinding
from adapters.ledger.leaves import Leaves
from adapters.ledger.note import VerifierKey, open_checkpoint
from adapters.ledger.whole import Checked, Note, check_whole
from adapters.local.anchor import FileAnchor
from adapters.local.clock import MovableClock, SystemClock
from adapters.local.keys import KeyLedgerSigner, Keys, KeyVault, create_keys
from adapters.local.memory import MemoryAnchor, MemoryShift
from adapters.local.place import checkout_around, refuse_checkout
from adapters.local.verschuiving import FileShift
from adapters.registraties import read_registratie
from adapters.stores import chosen
from adapters.stores.memory import MemoryStorage
from adapters.stores.sqlite.engine import NAME as SQLITE
from adapters.stores.sqlite.engine import has_wal_reset_fault
from adapters.stores.sqlite.file import hold_writes
from adapters.uitgevers import Uitgeverslijn
from adapters.xml.herkenning import begin_of
from gateway.account.adoption import Adopt, Adoption
from gateway.account.checkpoints import Checkpointer
from gateway.account.leaves import Account
from gateway.account.stamps import Stamps
from gateway.account.told import Broken, Compared, Told, compare
from gateway.application import Application
from gateway.case.case import Cases, opened
from gateway.case.lookalikes import Lookalikes
from gateway.concepten.concepten import Concepten
from gateway.concepten.geopend import Geopend
from gateway.copies.kopieen import Kopieen
from gateway.exchange.accept import Accept
from gateway.exchange.hand_over import HandOver
from gateway.exchange.intake.intakes import Intakes
from gateway.exchange.ports import Ports, Terms
from gateway.exchange.preview import Previews
from gateway.explain.toezicht import Held
from gateway.follow_up.facts import Facts
from gateway.follow_up.recipient import Recipient
from gateway.follow_up.registraties import Registraties
from gateway.follow_up.sender import Sender
from gateway.follow_up.time import Rounds
from gateway.follow_up.withdrawal import Intrekkingen
from gateway.gezin.alles import Alles
from gateway.gezin.avgverzoeken import Avgverzoeken
from gateway.gezin.bewijzen import Bewijzen
from gateway.gezin.brieven import Brieven
from gateway.identity.oidc import Inloggen
from gateway.identity.proefuitgever import Proefuitgever, met_proefmensen
from gateway.identity.sessies import Sessies
from gateway.identity.tokens import Authenticator, TokenKey
from gateway.obligations.afhandelen import Afhandelen
from gateway.obligations.rondes import Rondes
from gateway.obligations.termijnen import Termijnen
from gateway.obligations.verzoeken import Verzoeken
from gateway.obligations.zonder_toestemming import ZonderToestemming
from gateway.ports.clock import Clock, Shift
from gateway.ports.keys import Anchor, LeafMaker, LedgerSigner, Vault
from gateway.ports.post import Postbode
from gateway.ports.standards import Places, Recogniser, Standard, Standards
from gateway.ports.storage import Storage
from gateway.post.nieuws import Nieuws
from gateway.post.post import Post
from gateway.post.rijen import Postrijen
from gateway.post.ronde import Postronde
from gateway.register.apply import apply_register
from gateway.register.machtigingen import guarded
from gateway.register.partijen import PartijenReader
from gateway.register.regels import Regelbron, Regels, shipped_profiles
from gateway.runtime.aside import Aside
from gateway.runtime.logs import Log
from gateway.runtime.metrics import Metrics
from gateway.runtime.proefklok import Proefklok, carry_over
from gateway.runtime.purging import Purging
from gateway.runtime.settings import Settings
from gateway.runtime.turns import Turns
from gateway.toezicht.afspraken import Profielgeschiedenis
from gateway.toezicht.boek import Toezichtboek
from gateway.toezicht.bron import Bron
from gateway.toezicht.werk import Toezicht
from gateway.uitnodigen.uitnodigingen import Uitnodigingen
from gateway.zaak.bewaren import Bewaren
from gateway.zaak.inbreng import Inbreng
from gateway.zaak.overleggen import Overleggen
from gateway.zaak.zaken import Zaken
from schemas.errors import LedgerBroken, RecordUnavailable, StateBroken, WrongUse
from schemas.exchange.taak import Taaksoort
from schemas.messages.opp import Ontwikkelingsperspectief
from schemas.messages.vertaling import Vertaling
from schemas.storage.storage import LeerlingRow, Register, StoredCheckpoint, StoredFact, TreeHead

if TYPE_CHECKING:
    from adapters.stores.move import Move

__all__ = [
    "SQLITE",
    "BewijsUitslag",
    "Checked",
    "Keys",
    "Leaves",
    "LedgerFinding",
    "MovableClock",
    "Note",
    "SystemClock",
    "check_bewijs",
    "checkout_around",
    "create_keys",
    "has_wal_reset_fault",
    "hold_writes",
    "refuse_checkout",
]


def _begins_as(herken: Callable[[str, str], str | None]) -> Recogniser:
    def recognise(raw: bytes) -> bool:
        begin = begin_of(raw)
        return begin is not None and herken(begin.namespace, begin.name) is not None

    return recognise


STANDARDS: Final = Standards.of(
    Standard(
        "oso",
        recognise=_begins_as(oso.herken),
        translate=oso.translate,
        places=Places(
            school="/dossier/huidigeschool/brincode",
            leerlingid="/dossier/huidigeschool/leerling/leerlingid",
            geboortedatum="/dossier/huidigeschool/leerling/geboortedatum",
        ),
    ),
    Standard("ijw", recognise=_begins_as(ijw.herken), answers=translate_meldingen),
    Standard("gedeeld", write=gedeeld.write),
)
"""The registry: a new standard gets a line here, and nothing else in the gateway changes."""


@dataclass(frozen=True, slots=True)
class World:
    storage: Storage
    vault: Vault
    signer: LedgerSigner
    anchor: Anchor
    token_key: TokenKey
    shift: Shift
    uitgevers: Uitgeverslijn
    bode: Postbode | None
    """Who takes our mail; None: no mail goes."""


def open_world(settings: Settings, open_storage: Callable[[str], Storage] = chosen.open_gateway) -> World:
    """The world of a real gateway or worker. Raises WrongUse, AlreadyRunning, RecordUnavailable.

    `open_storage` opens the database of the settings; another than ours may count what is asked of it.
    """
    keys = Keys.load(settings.keys)
    anchor = anchor_of(settings)
    storage = open_storage(settings.database)
    return _world(storage, keys, settings, anchor, _shift(settings))


def memory_world(settings: Settings, storage: Storage | None = None) -> World:
    """A world that forgets: fresh keys, and the memory store unless another is given."""
    return _world(storage or MemoryStorage(), Keys.fresh(), settings, MemoryAnchor(), MemoryShift())


def migrate(settings: Settings) -> None:
    """Bring the database to the schema of this code. Raises WrongUse, RecordUnavailable."""
    chosen.migrate(settings.database)


def moving(settings: Settings, source: Path, url: str) -> AbstractContextManager[Move]:
    """Hold a SQLite file and the PostgreSQL database it moves to. Raises WrongUse, AlreadyRunning,
    RecordUnavailable.
    """
    # refuses an anchor in the very database that it guards
    anchor_of(settings.model_copy(update={"database": url}))
    return chosen.moving(source, url)


def move_clock(settings: Settings, url: str) -> None:
    """Make a sandbox tell the same time after it moved."""
    if settings.sandbox:
        carry_over(_file_shift(settings), chosen.PostgresShift(url))


undo_move: Final = chosen.undo_move
apart: Final = chosen.apart
examine: Final = chosen.examine


def anchor_of(settings: Settings) -> Anchor:
    """The checkpoint that was signed last, which is kept apart from the database.

    Raises WrongUse when it would stand in the database that it guards.
    """
    if settings.anchor_database is None:
        return FileAnchor(settings.anchor)
    anchor = chosen.PostgresAnchor(settings.anchor_database, settings.log_name)
    if settings.shared:
        anchor.must_not_be(settings.database)
    return anchor


def _shift(settings: Settings) -> Shift:
    if settings.shared:
        return chosen.PostgresShift(settings.database)
    return _file_shift(settings)


def _file_shift(settings: Settings) -> FileShift:
    return FileShift(settings.anchor.with_name(f"{settings.anchor.name}-proefklok"))


def tools_clock(settings: Settings) -> Clock:
    """The business clock of a gateway with these settings, for a tool that writes in its account beside
    it.
    """
    system = SystemClock()
    return Proefklok(system, _shift(settings)) if settings.sandbox else system


def _world(storage: Storage, keys: Keys, settings: Settings, anchor: Anchor, shift: Shift) -> World:
    return World(
        storage,
        KeyVault(keys),
        KeyLedgerSigner(keys, settings.log_name),
        anchor,
        keys,
        shift,
        Uitgeverslijn(settings.keys),
        _bode(settings),
    )


def _bode(settings: Settings) -> Postbode | None:
    if settings.mail_host is None or settings.mail_from is None:
        return None
    from adapters.post.smtp import Server, Smtp  # noqa: PLC0415 - who sends no mail starts faster without it

    server = Server(
        settings.mail_host,
        settings.mail_port,
        settings.mail_tls,
        settings.mail_from,
        urlsplit(settings.issuer).hostname or "localhost",
        settings.mail_user,
        settings.mail_password_file,
        settings.mail_ca,
    )
    return Smtp(server, settings.mail_returned)


def build(settings: Settings, world: World, clock: Clock, log: Log) -> Application:
    """Everything the routers need, put together once."""
    storage, vault, signer = guarded(world.storage), world.vault, world.signer
    leaves: LeafMaker = Leaves()
    stamps = Stamps(vault, log)
    account = Account(leaves, vault, clock, stamps)
    authenticator = Authenticator(
        storage,
        stamps,
        world.token_key,
        settings.issuer,
        settings.token_url,
        settings.access_token_seconds,
        clock,
        partial(met_proefmensen, settings.issuer) if settings.sandbox else None,
    )
    regels = _regels(settings, authenticator.partijen, log)
    zonder = ZonderToestemming(storage, account, regels, log)
    lookalikes = Lookalikes(storage, vault)
    ports = Ports(
        storage=storage,
        vault=vault,
        account=account,
        regels=regels,
        cases=Cases(storage, vault, stamps, lookalikes=lookalikes),
        clock=clock,
        terms=Terms(settings.hold_days, settings.lease_minutes, settings.max_takes),
        verzoeken=Verzoeken(storage),
        zonder=zonder,
    )
    uitnodigingen = Uitnodigingen(storage, vault, account, ports.cases, regels, clock)
    inloggen, sessies, proef = _people(settings, world, storage, authenticator.partijen, uitnodigingen)
    aside = Aside(settings.translate_processes)
    intakes = Intakes(storage, STANDARDS, aside, clock)
    metrics = _metrics(storage, aside)
    intrekkingen = Intrekkingen(storage, account, signer, regels, clock, log)
    facts = Facts(ports, intrekkingen)
    zaken = Zaken(ports, Bewaren(storage, vault, stamps), settings.zaak_days)
    avgverzoeken = Avgverzoeken(ports, Bewaren(storage, vault, stamps))
    nieuws = Nieuws(storage, authenticator.partijen, uitnodigingen, Brieven(ports), avgverzoeken, clock)
    post, postronde = _post(settings, world, storage, nieuws, uitnodigingen, clock, log)
    bewijzen = Bewijzen(storage, vault, leaves, signer, regels, uitnodigingen, intrekkingen)
    overleggen, accept = Overleggen(zaken), Accept(ports, intakes, signer, metrics)
    return Application(
        settings=settings,
        storage=storage,
        vault=vault,
        stamps=stamps,
        signer=signer,
        leaves=leaves,
        accept=accept,
        previews=Previews(ports, intakes, STANDARDS),
        hand_over=HandOver(ports, STANDARDS, log),
        facts=facts,
        registraties=Registraties(ports, facts, read_registratie, aside),
        kopieen=Kopieen(facts, lees_kopieen, aside),
        recipient=Recipient(ports),
        sender=Sender(ports),
        lookalikes=lookalikes,
        turns=Turns(),
        aside=aside,
        rounds=Rounds(ports, log),
        afhandelen=Afhandelen(storage, account, clock),
        toezicht=Toezicht(
            Bron(
                ports,
                intrekkingen,
                Toezichtboek(ports),
                Held(stamps),
                Profielgeschiedenis(storage),
                note_reader(signer.vkey),
            )
        ),
        intrekkingen=intrekkingen,
        termijnen=Termijnen(
            storage,
            clock,
            log,
            {
                Taaksoort.INTREKKING_VERWERKEN: intrekkingen.unanswered,
                Taaksoort.TWEEDE_BLIK: zonder.late,
                Taaksoort.OUDERS_INFORMEREN: zonder.late,
                Taaksoort.ZAAK_ACTIE: zaken.te_laat,
                Taaksoort.ZAAK_OVERLEG: zaken.te_laat,
                Taaksoort.AVG_VERZOEK: avgverzoeken.te_laat,
            },
        ),
        zaken=zaken,
        overleggen=overleggen,
        inbreng=Inbreng(overleggen, accept),
        rondes=Rondes(storage, vault, clock),
        purging=Purging(storage, clock, log, settings.answer_days, settings.taken_days),
        regels=regels,
        authenticator=authenticator,
        inloggen=inloggen,
        sessies=sessies,
        concepten=Concepten(storage, vault, clock),
        uitnodigingen=uitnodigingen,
        post=post,
        postronde=postronde,
        bewijzen=bewijzen,
        avgverzoeken=avgverzoeken,
        alles=Alles(bewijzen, avgverzoeken, regels, clock),
        brieven=Brieven(ports),
        geopend=Geopend(storage, vault, clock),
        proefuitgever=proef,
        checkpointer=Checkpointer(
            storage, signer, world.anchor, note_reader(signer.vkey), settings.checkpoint_seconds, log
        ),
        adopt=_adopt(world, stamps, clock, log),
        clock=clock,
        metrics=metrics,
        log=log,
    )


def _people(
    settings: Settings,
    world: World,
    storage: Storage,
    partijen: PartijenReader,
    uitnodigingen: Uitnodigingen,
) -> tuple[Inloggen, Sessies, Proefuitgever | None]:
    """What lets people in. They sign in by the time of the machine, as systems do."""
    machine, key, address = SystemClock(), world.token_key.private_jwk, settings.issuer
    sessies = Sessies(
        storage,
        world.vault,
        partijen,
        machine,
        dt.timedelta(minutes=settings.session_idle_minutes),
        dt.timedelta(hours=settings.session_hours),
        uitnodigingen,
    )
    proef = None
    if settings.sandbox:
        proef = Proefuitgever(storage, world.vault, key, address, machine, sandbox=settings.sandbox)
    return Inloggen(world.uitgevers, key, address, machine), sessies, proef


def _post(
    settings: Settings,
    world: World,
    storage: Storage,
    nieuws: Nieuws,
    uitnodigingen: Uitnodigingen,
    clock: Clock,
    log: Log,
) -> tuple[Post, Postronde]:
    rijen = Postrijen(storage, world.vault, clock)
    post = Post(rijen, nieuws, uitnodigingen, storage, world.vault, clock, aan=world.bode is not None)
    ronde = Postronde(
        storage, rijen, post, nieuws, world.bode, settings.issuer, clock, log, sandbox=settings.sandbox
    )
    return post, ronde


def _metrics(storage: Storage, aside: Aside) -> Metrics:
    counters = adapters.xml.parser.COUNTERS
    return Metrics(
        {
            "ozlijn_transacties": ("Write transactions", lambda: storage.commits),
            "ozlijn_xml_ontledingen": ("XML parses", lambda: counters.parses),
            "ozlijn_schemacontroles": ("Schema validations", lambda: counters.validations),
            "ozlijn_apart_gelezen": ("Messages read in another process", lambda: aside.done),
            "ozlijn_lezers_verloren": ("Processes lost while reading", lambda: aside.lost),
        }
    )


def _adopt(world: World, stamps: Stamps, clock: Clock, log: Log) -> Adopt:
    async def adopt() -> bool:
        last = await asyncio.to_thread(world.anchor.read)
        signed = None if last is None else note_reader(world.signer.vkey)(last.note)

        def opens(row: LeerlingRow, facts: tuple[StoredFact, ...]) -> None:
            opened(world.vault, row, facts)

        return await Adoption(world.storage, Leaves(), stamps, opens, log).run(signed, clock.now())

    return adopt


async def adopt_for_tools(settings: Settings, storage: Storage, log: Log) -> bool:
    """Adopt as a gateway does at its start, for a tool that writes in a database no gateway of this release
    opened yet.

    Raises LedgerBroken, RecordUnavailable, WrongUse.
    """
    keys = Keys.load(settings.keys)
    world = _world(storage, keys, settings, anchor_of(settings), _shift(settings))
    return await _adopt(world, Stamps(world.vault, log), tools_clock(settings), log)()


@asynccontextmanager
async def tools_zaken(settings: Settings, log: Log) -> AsyncIterator[Zaken]:
    """The zaken as a gateway with these settings reads them, for a tool beside it. Raises WrongUse,
    RecordUnavailable.
    """
    keys = Keys.load(settings.keys)
    storage = open_for_tools(settings.database)
    try:
        world = _world(storage, keys, settings, anchor_of(settings), _shift(settings))
        yield build(settings, world, tools_clock(settings), log).zaken
    finally:
        await storage.close()


def verify_rows(database: Path | str) -> tuple[list[Broken], Compared]:
    """The rows of a database that do not agree with its own account, and those that are not there.

    Only for a log that was found to be in order. Raises WrongUse, RecordUnavailable, LedgerBroken.
    """
    storage = open_for_tools(database)
    counted = Compared()

    async def work() -> list[Broken]:
        told = Told(storage, Leaves())
        await told.read_on()
        return [broken async for broken in compare(storage, told, counted)]

    with asyncio.Runner() as runner:
        try:
            return runner.run(work()), counted
        finally:
            runner.run(storage.close())


def _regels(settings: Settings, partijen: PartijenReader, log: Log) -> Regelbron:
    return Regelbron(
        partijen,
        shipped_profiles(),
        rules_hash(),
        settings.decision_minutes,
        log,
        convenant_required=settings.convenant_required,
        convenant_key=settings.convenant_key,
    )


async def tools_regels(settings: Settings, storage: Storage, log: Log) -> Regels:
    """The policy that a gateway with these settings applies now. Raises RecordUnavailable."""
    return await _regels(settings, PartijenReader(storage, tools_stamps(settings, log)), log).current()


async def tools_past_regels(settings: Settings, storage: Storage, log: Log) -> dict[str, list[Regels]]:
    """For every register that was applied: the policy it gives under the present rules and settings, by
    policy hash.

    A register that gives no policy any more is left out. One that is not as it was applied is left out too,
    with an alarm. Decisions that were taken under these cannot be made again under their own policy.
    """
    found: dict[str, list[Regels]] = {}
    stamps = tools_stamps(settings, log)
    bron = _regels(settings, PartijenReader(storage, stamps), log)
    for version in range(1, await storage.register_version() + 1):
        kept = await storage.register_at(version)
        if kept is None:
            continue
        try:
            stamps.check_register(kept)
            regels = bron.of(kept)
        except StateBroken as error:
            stamps.tell(error)
        except RecordUnavailable:
            continue
        else:
            # A decision of before there were rules of a flow names the hash without them.
            both = (*regels.beleid.hashes, *regels.beleid.zonder_stromen.hashes)
            for made in dict.fromkeys(both):
                found.setdefault(made, []).append(regels)
    return found


def tools_vault(settings: Settings) -> Vault:
    """What opens stored rows. Raises WrongUse when the keys cannot be read."""
    return KeyVault(Keys.load(settings.keys))


def tools_stamps(settings: Settings, log: Log) -> Stamps:
    """The stamps of a gateway with these settings. Raises WrongUse when the keys cannot be read."""
    return Stamps(tools_vault(settings), log)


def tools_toezicht(settings: Settings, storage: Storage, log: Log) -> Toezicht:
    """What an FG asks, of a database beside a running gateway or of a copy. Raises WrongUse when the keys
    cannot be read.
    """
    world = _world(storage, Keys.load(settings.keys), settings, anchor_of(settings), _shift(settings))
    return build(settings, world, tools_clock(settings), log).toezicht


def note_reader(vkey: str) -> Callable[[str], TreeHead]:
    """Gives what opens checkpoints of the log with this key. That raises NotAuthenticated, InvalidMessage."""
    key = VerifierKey.parse(vkey)

    def read(note: str) -> TreeHead:
        found = open_checkpoint(note, key).checkpoint
        return TreeHead(found.size, found.root)

    return read


@cache
def rules_hash() -> str:
    """SHA-256 (hex) over the source of the decision: a changed rule gives another policy_hash."""
    digest = hashlib.sha256()
    for source in sorted(files("consent").iterdir(), key=lambda f: f.name):
        if source.name.endswith(".py"):
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def voorbeelddossier() -> bytes:
    """Our own synthetic OSO dossier: a fictional leerling of ten."""
    return files("adapters.oso").joinpath("voorbeelden", "poswv.xml").read_bytes()


def open_for_tools(database: Path | str, *, create: bool = False) -> Storage:
    """Open the database, a file or an address, beside a running gateway. Raises WrongUse,
    RecordUnavailable.
    """
    return chosen.open_beside(str(database), create=create)


def apply_to(
    settings: Settings, register: Register, log: Log, now: dt.datetime, world: World | None = None
) -> None:
    """Put a register into a database that has none yet, or into a world that forgets: for the demo."""
    if world is None:
        storage: Storage = open_for_tools(settings.database, create=True)
        stamps = tools_stamps(settings, log)
    else:
        storage, stamps = world.storage, Stamps(world.vault, log)
    with asyncio.Runner() as runner:
        runner.run(apply_register(storage, Leaves(), stamps, register, remove=False, now=now))
        if world is None:
            runner.run(storage.close())


def translate_oso(raw: bytes) -> Vertaling[Ontwikkelingsperspectief]:
    """Translate a dossier without a gateway. Raises InvalidMessage with all faults."""
    return oso.translate(raw, provenance=True)


def vkey_of(keys: Keys, log_name: str) -> str:
    return KeyLedgerSigner(keys, log_name).vkey


def verify_ledger(
    database: Path | str,
    vkey: str,
    given: Sequence[Note],
    progress: Callable[[int], None] | None = None,
    anchor: Anchor | None = None,
) -> Checked:
    """Check the log of a whole database against every signed checkpoint there is.

    Those are the `given` ones (oldest first), the one in the database and the one in `anchor`. It may run
    beside a gateway or on a copy. Raises WrongUse, also when there is no checkpoint at all, and
    RecordUnavailable.
    """
    key = VerifierKey.parse(vkey)
    with chosen.open_ledger(str(database)) as ledger:
        stored = (("database", ledger.last_checkpoint()), ("anker", _anchored(anchor)))
        kept = [Note(source, c.note) for source, c in stored if c is not None]
        if not given and not kept:
            text = "geef met --checkpoint een bewaard checkpoint: zonder is er niets om tegen te controleren"
            raise WrongUse(text)
        return check_whole(ledger, key, given, kept, progress)


def _anchored(anchor: Anchor | None) -> StoredCheckpoint | None:
    """The checkpoint in the anchor. An anchor that cannot be read is a finding, as for any checkpoint."""
    try:
        return None if anchor is None else anchor.read()
    except LedgerBroken:
        return StoredCheckpoint(0, "")
