"""The schema as it is now, for both engines: what all migrations together come to, which a test compares.

Moments are microseconds since 1970 UTC, days are proleptic day numbers. A model is stored whole, as the JSON
it publishes; the columns beside it are only those that a query looks for. Indexes are partial where only open
leveringen are looked for, so they stay as small as what is going on, however much is kept.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

META: Final = sa.MetaData()

_BIG: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""SQLite numbers its rows only in a column of the type INTEGER, and that holds as much."""


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, META, *parts)


def _without_rowid(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, META, *parts, sqlite_with_rowid=False)


def _partial(name: str, columns: list[str], where: str) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _text(name: str, *more: Any, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, *more, primary_key=key, nullable=False)


def _bytes(name: str, *, key: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, primary_key=key, nullable=False)


def _count(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False, **options)


def _long(name: str, **options: Any) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, **options)


def _given(name: str, *more: Any) -> sa.Column[int]:
    """A part of the key whose value we give."""
    return sa.Column(name, _BIG, *more, primary_key=True, autoincrement=False)


def _drawn(name: str = "n") -> sa.Column[int]:
    """The key, which the database draws in the order in which rows come."""
    return sa.Column(name, _BIG, primary_key=True)


def _only_row() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1"), primary_key=True, autoincrement=False)


_OPEN: Final = "status IN ('aangehouden', 'klaar', 'mislukt')"
_KLAAR: Final = "status = 'klaar'"
_TAAK_OPEN: Final = "status = 'open'"

STATE: Final = _table(
    "state",
    _only_row(),
    _bytes("frontier"),
    _long("positie"),
    _count("register_version"),
    sa.Column("register_stamp", sa.LargeBinary),
    sa.Column("stamped_from", sa.Text),
)

# --- the ledger

ENTRY: Final = _table(
    "entry",
    _given("position"),
    _bytes("leaf_hash"),
    _text("soort"),
    _bytes("canonical"),
    sa.Column("detail", sa.LargeBinary),
    sa.Column("id", sa.Text),
    sa.Index("entry_id", "id", unique=True),
    _partial("entry_register", ["position"], "soort = 'register.changed'"),
)
NODE: Final = _without_rowid(
    "node",
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    _given("idx"),
    _bytes("hash"),
)
# Leaves that were committed and have no place in the ledger yet, in the order in which they will get it.
LEAF_WAITING: Final = sa.Table(
    "leaf_waiting",
    META,
    _drawn(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    _text("soort"),
    _bytes("canonical"),
    sa.Column("detail", sa.LargeBinary),
    info={"engine": "postgresql"},
)
# How far the clock of a sandbox was moved. Outside a sandbox this table has no row.
PROEFKLOK: Final = sa.Table(
    "proefklok", META, _only_row(), _long("verschuiving"), info={"engine": "postgresql"}
)
CHECKPOINT: Final = _table("checkpoint", _only_row(), _long("size"), _text("note"))

# --- leerlingen

LEERLING: Final = _without_rowid(
    "leerling",
    _text("id", key=True),
    _text("owner"),
    _bytes("blind_index"),
    _text("ref"),
    _bytes("key"),
    _bytes("identity_key"),
    _bytes("identity_content"),
    _count("epoch"),
    _count("volgnummer"),
    sa.Column("kijk_op", sa.Integer),
    _count("accepted", server_default="0"),
    sa.Column("lookalike", sa.LargeBinary),
    sa.Column("feitenhash", sa.LargeBinary),
    sa.Column("stamp", sa.LargeBinary),
    sa.UniqueConstraint("owner", "blind_index"),
    sa.Index("leerling_kijk_op", "kijk_op", "id"),
    sa.Index("leerling_lookalike", "owner", "lookalike"),
    _partial("leerling_unlike", ["id"], "lookalike IS NULL"),
)
# The owner's own reference stands here too, so that one look-up serves every partij.
KOPPELING: Final = _without_rowid(
    "koppeling",
    _text("partij", key=True),
    _text("ref", key=True),
    _text("leerling", sa.ForeignKey("leerling.id")),
    sa.Column("levering", sa.Text),
    sa.UniqueConstraint("leerling", "partij"),
)
FACT: Final = _table(
    "fact",
    _drawn(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("leerling", sa.Text, sa.ForeignKey("leerling.id"), nullable=False, index=True),
    _text("kind"),
    _text("recorded_by"),
    _long("recorded_at"),
    _bytes("key"),
    _bytes("content"),
    sa.Column("leaf", sa.Text),
)

# --- exchanges

ANSWER: Final = _table(
    "answer",
    _text("partij", key=True),
    _bytes("key_hash", key=True),
    _bytes("request_hash"),
    _count("status"),
    _bytes("body"),
    sa.Column("at", sa.BigInteger, nullable=False, index=True),
    sa.Column("stamp", sa.LargeBinary),
)
UITWISSELING: Final = _table(
    "uitwisseling",
    _text("id", key=True),
    _text("afzender"),
    _long("nummer"),
    _text("leaves"),
    _text("json"),
    sa.UniqueConstraint("afzender", "nummer"),
)
LEVERING: Final = _table(
    "levering",
    _drawn(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    sa.Column("uitwisseling", sa.Text, nullable=False, index=True),
    _text("leerling"),
    _text("ontvanger"),
    _text("status"),
    sa.Column("positie", sa.BigInteger),
    _long("vervalt_op"),
    sa.Column("lease_tot", sa.BigInteger),
    _count("opgehaald"),
    _count("overgedragen", server_default="0"),
    _count("versie"),
    _text("json"),
    sa.Column("decided_under", sa.Text, nullable=False, server_default=""),
    sa.Column("afzender", sa.Text, nullable=False, server_default=""),
    sa.Column("telt_op", sa.BigInteger, nullable=False, server_default="0"),
    sa.Index("levering_leerling", "leerling"),
    sa.Index("levering_sent", "afzender", "telt_op", "id"),
    _partial("levering_received", ["ontvanger", "telt_op", "id"], "overgedragen = 1"),
    _partial("levering_open", ["leerling"], _OPEN),
    _partial("levering_term", ["vervalt_op"], _OPEN),
    _partial("levering_held", ["decided_under"], "status = 'aangehouden'"),
    _partial("levering_postbus", ["ontvanger", "positie"], _KLAAR),
    _partial("levering_line", ["ontvanger", "leerling", "positie"], _KLAAR),
    _partial("levering_taken", ["opgehaald", "lease_tot"], "status = 'klaar' AND opgehaald > 0"),
    _partial("levering_gone", ["leerling"], "overgedragen = 1"),
)
EVENT: Final = _without_rowid(
    "event",
    _given("levering", sa.ForeignKey("levering.n")),
    sa.Column("volgnummer", sa.Integer, primary_key=True, autoincrement=False),
    _text("json"),
)
# Content stands apart from its levering, so that destroying it is deleting one row.
CONTENT: Final = _table(
    "content", _given("levering", sa.ForeignKey("levering.n")), _bytes("key"), _bytes("content")
)
TAAK: Final = _table(
    "taak",
    _drawn(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    _text("partij"),
    _text("sleutel"),
    _text("leerling", sa.ForeignKey("leerling.id")),
    _text("status"),
    _long("uiterlijk"),
    _count("geescaleerd"),
    _text("json"),
    _long("nummer", server_default="0"),
    sa.Column("gesloten", sa.BigInteger),
    sa.UniqueConstraint("partij", "sleutel"),
    _partial("taak_open", ["partij", "nummer"], _TAAK_OPEN),
    _partial("taak_leerling", ["leerling"], _TAAK_OPEN),
    _partial("taak_gesloten", ["gesloten", "n"], "gesloten IS NOT NULL"),
    _partial("taak_term", ["uiterlijk"], "status = 'open' AND geescaleerd = 0"),
)

# A zaak or overleg, and in whose list it stands.
ZAAK: Final = _table(
    "zaak",
    _drawn(),
    sa.Column("id", sa.Text, nullable=False, unique=True),
    _text("soort"),
    sa.Column("leerling", sa.Text, sa.ForeignKey("leerling.id"), nullable=False, index=True),
    _count("versie"),
    _bytes("key"),
    _bytes("content"),
    _bytes("stamp"),
    sa.Column("vergeten_op", sa.BigInteger),
    _partial("zaak_vergeten", ["vergeten_op", "n"], "vergeten_op IS NOT NULL"),
)
ZAAKPARTIJ: Final = _without_rowid(
    "zaakpartij",
    _text("partij", key=True),
    _text("zaak", sa.ForeignKey("zaak.id"), key=True),
    _long("nummer"),
    sa.Index("zaakpartij_nummer", "partij", "nummer"),
    sa.Index("zaakpartij_zaak", "zaak"),
)

# The last number that each partij's own lists were given.
NUMMER: Final = _without_rowid(
    "nummer", _text("partij", key=True), _text("soort", key=True), _long("laatste")
)

# --- who is doing which work

CLAIM: Final = _without_rowid(
    "claim",
    _text("id", key=True),
    _text("job", key=True),
    sa.Column("until", sa.BigInteger, nullable=False, index=True),
)

# --- people who sign in: sessions, references, invitations, mail

KEPT: Final = _without_rowid(
    "kept",
    _text("soort", key=True),
    _text("id", key=True),
    _text("groep"),
    _count("versie"),
    sa.Column("verloopt", sa.BigInteger),
    _bytes("inhoud"),
    sa.Index("kept_groep", "soort", "groep", "id"),
    _partial("kept_verloopt", ["verloopt"], "verloopt IS NOT NULL"),
)

# --- the register, and tokens that were spent

REGISTER: Final = _without_rowid("register", _text("kind", key=True), _text("id", key=True), _text("json"))
REGISTER_PAST: Final = _without_rowid(
    "register_past",
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    _text("kind", key=True),
    _text("id", key=True),
    _text("json"),
)
REGISTER_PAST_STAMP: Final = _without_rowid(
    "register_past_stamp",
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    _bytes("stamp"),
)
JTI: Final = _without_rowid(
    "jti",
    _text("client", key=True),
    _bytes("jti_hash", key=True),
    sa.Column("expires", sa.BigInteger, nullable=False, index=True),
)


def of_engine(name: str) -> list[sa.Table]:
    """The tables that this engine has: `sqlite` or `postgresql`."""
    return [table for table in META.sorted_tables if table.info.get("engine", name) == name]
