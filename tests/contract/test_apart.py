"""A database that lives as long as a block, on a server that keeps others."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from adapters.stores import chosen
from schemas.errors import RecordUnavailable, WrongUse
from tests.postgres import Server


@pytest.fixture
def role(postgres_server: Server) -> Iterator[str]:
    """Somebody who may connect and make nothing."""
    name = f"lezer_{secrets.token_hex(4)}"
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name)))
        yield name
        connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def name_of(url: str) -> str:
    """The database that who connects there is in, held to have the schema."""
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
        found = connection.execute("SELECT current_database()").fetchone()
    assert found is not None
    return str(found[0])


def is_there(server: Server, name: str) -> bool:
    with psycopg.connect(server.url("postgres")) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return found.fetchone() is not None


def test_it_is_made_with_the_schema_and_gone_afterwards(postgres_server: Server) -> None:
    """Also when what was done in it failed, and while somebody is still connected."""
    with pytest.raises(ZeroDivisionError), chosen.apart(postgres_server.url("postgres")) as url:  # noqa: PT012
        name = name_of(url)
        assert is_there(postgres_server, name)
        left = psycopg.connect(url)
        raise ZeroDivisionError
    assert not is_there(postgres_server, name)
    left.close()


def test_who_may_make_none_is_told_so(postgres_server: Server, role: str) -> None:
    """Without the address in it, for that may hold a password."""
    url = postgres_server.url("postgres").replace("postgres@", f"{role}@")
    with pytest.raises(WrongUse) as caught, chosen.apart(url):
        pass
    assert role not in str(caught.value)


def test_what_is_no_server_is_refused() -> None:
    """Another kind of address, and one where nobody answers."""
    with pytest.raises(WrongUse):
        chosen.apart("sqlite:///lijn.db")
    with pytest.raises(RecordUnavailable), chosen.apart("postgresql://nobody@/x?host=/tmp/er-is-niets"):
        pass
