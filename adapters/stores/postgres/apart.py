"""A database that lives as long as a block: for what must not touch what a server already keeps."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from adapters.stores.postgres.link import conninfo
from adapters.stores.postgres.migrate import upgrade
from schemas.errors import RecordUnavailable, WrongUse


@contextmanager
def apart(url: str) -> Iterator[str]:
    """The address of a new database with the schema, on the server of `url`; it is dropped at the end.

    Raises WrongUse where who connects may make no database, RecordUnavailable.
    """
    name = f"ozlijn_apart_{secrets.token_hex(8)}"
    info = conninfo(url)
    try:
        _do(info, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        raise WrongUse("wie hier verbindt, mag op deze server geen database maken") from None
    try:
        own = f"{url}{'&' if '?' in url else '?'}dbname={name}"  # the last name that an address has counts
        upgrade(own)
        yield own
    finally:
        _do(info, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _do(info: str, statement: sql.Composed) -> None:
    try:
        with psycopg.connect(info, autocommit=True) as connection:
            connection.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        raise
    except psycopg.Error as error:
        raise RecordUnavailable("de PostgreSQL-server is niet te bereiken") from error
