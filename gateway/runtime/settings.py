"""What an operator sets: one frozen model, read once at start, from `OZLIJN_*` names and one TOML file.

A name we do not know stops the start: a misspelt `hold_dayz` would otherwise silently be the default.
Secrets and addresses have no default. Environment wins over file.
"""

from __future__ import annotations

import ipaddress
import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from gateway.runtime.lezen import read_at_most
from schemas.errors import WrongUse
from schemas.people.post import Adres
from schemas.toml import read_toml

PREFIX: Final = "OZLIJN_"
SANDBOX: Final = "proef."
"""How the `log_name` of a sandbox begins."""
_SANDBOX_NAME: Final = f"log_name begint met {SANDBOX} als sandbox aan staat, en alleen dan"
_MAIL_BOTH: Final = "mail_host en mail_from horen bij elkaar"
_MAIL_USER: Final = "mail_user en mail_password_file horen bij elkaar"
_MAIL_OPEN: Final = "mail_tls = geen mag alleen bij een mailserver op deze computer"
_MAIL_OPEN_USER: Final = "zonder mail_tls gaat er geen mail_user mee"
_OURS: Final = (_SANDBOX_NAME, _MAIL_BOTH, _MAIL_USER, _MAIL_OPEN, _MAIL_OPEN_USER)
"""What can be wrong with settings that belong together, in words of ours."""
REPEAT_DAYS: Final = 7
"""For this many days the API promises everybody that a repeated request is recognised. No setting may make it
less.
"""
MAX_BYTES: Final = 1_000_000
"""Of a settings file."""
FILE_NAME: Final = "OZLIJN_SETTINGS"
"""Environment name that points at the settings file, when `--settings` does not."""
_NO_FILE: Final = f" Noem het bestand met --settings BESTAND of in {FILE_NAME}."


def is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _address(value: str) -> str:
    parts = urlsplit(value)
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))
    if not secure or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("not an https address")
    return value.rstrip("/")


POSTGRESQL: Final = ("postgresql://", "postgres://")
"""How the address of a PostgreSQL database begins."""


def _database(value: str) -> str:
    if "://" in value and not value.startswith(("sqlite:///", *POSTGRESQL)):
        raise ValueError("neither SQLite nor PostgreSQL")
    return value


def _postgresql(value: str) -> str:
    if not value.startswith(POSTGRESQL):
        raise ValueError("not PostgreSQL")
    return value


class Settings(BaseSettings):
    """Relative paths in a settings file count from that file; in the environment from the working folder."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=True
    )

    database: Annotated[str, StringConstraints(min_length=1), AfterValidator(_database)] = Field(repr=False)
    """Path of the SQLite file, or `sqlite:///` and that path; or the address of a PostgreSQL database that
    any number of gateways and workers share, `postgresql://user@host/name`. It may hold a password, so it
    stands in no log and no error; a file that it names (`passfile=`) keeps that out of the settings too."""
    keys: Path
    """Folder with the key store. Its contents are secret."""
    issuer: Annotated[str, AfterValidator(_address)]
    """Public base address without `/v1`, as clients reach us: `https://lijn.example.nl`. Issuer and audience
    of tokens. Plain http only on a loopback address: the demo and tests."""
    log_name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9./-]{2,119}$")]
    """Origin of the ledger and name of its key (C2SP): never changes during the life of a ledger."""
    sandbox: bool = False
    """For trying things out, with made-up people only and with a clock that can be moved (`/v1/proefklok`).
    Its ledger says so in its name: `log_name` begins with `proef.`, and no other does.
    """
    anchor: Path = Field(default_factory=lambda known: known["keys"] / "anker")
    """File that remembers the last signed checkpoint; keep it out of the database's backup. All processes on
    one machine may use the same file."""
    anchor_database: Annotated[str, AfterValidator(_postgresql)] | None = Field(default=None, repr=False)
    """The address of another PostgreSQL database that keeps the anchor instead of that file, for processes on
    several machines. Never the database that it guards, and best on another server.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    """With 0 any free port is taken."""
    max_body: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = 10_000_000
    """The most bytes of one request."""
    body_seconds: Annotated[float, Field(gt=0, le=3_600)] = 60.0
    """Within this time the whole request must have come in."""
    translate_processes: Annotated[int, Field(ge=0, le=16)] = 0
    """How many processes beside this one read every dossier, so that another core does it. With 0 only a
    large one is read in a process of its own.
    """
    max_connections: Annotated[int, Field(ge=16, le=10_000)] = 512
    """The most connections at once. There are fewer when there are not enough file descriptors for them and
    for the files of the account.
    """
    connections_per_address: Annotated[int, Field(ge=1, le=10_000)] = 256
    """The most connections from one address (of IPv6: one /64). All clients of a proxy come from one
    address.
    """
    head_seconds: Annotated[float, Field(gt=0, le=600)] = 10.0
    """Within this time the headers of a request must have come in."""
    idle_seconds: Annotated[float, Field(gt=0, le=3_600)] = 30.0
    """A connection may say nothing between two requests, or leave an answer unread, for this long."""
    hold_days: Annotated[int, Field(ge=1, le=365)] = 30
    lease_minutes: Annotated[int, Field(ge=1, le=1_440)] = 15
    max_takes: Annotated[int, Field(ge=1, le=1_000)] = 10
    answer_days: Annotated[int, Field(ge=REPEAT_DAYS, le=3_650)] = 30
    """For this long a request that is repeated under its Idempotency-Key gets its first answer again."""
    taken_days: Annotated[int, Field(ge=30, le=3_650)] = 365
    """For this long a taak that ended can still be read."""
    zaak_days: Annotated[int, Field(ge=30, le=7_300)] = 730
    """For this long a zaak that was closed can still be read and opened again."""
    decision_minutes: Annotated[int, Field(ge=1, le=1_440)] = 15
    """For this long a decision may be relied on before it must be taken again."""
    convenant_key: Annotated[str, StringConstraints(max_length=1_000)] | None = None
    """Public key (JWK, as one line of JSON) under whose signature `ozlijn apply` takes a privacyconvenant."""
    convenant_required: bool = False
    """Nothing goes without a privacyconvenant that names it."""
    checkpoint_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    access_token_seconds: Annotated[int, Field(ge=30, le=3_600)] = 600
    session_idle_minutes: Annotated[int, Field(ge=2, le=120)] = 20
    """Somebody who signed in and does nothing for this long has to sign in again."""
    session_hours: Annotated[int, Field(ge=1, le=12)] = 8
    """So long after he signed in everybody has to sign in again."""
    mail_host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]{1,253}$")] | None = None
    """The SMTP server that takes our mail. Without one no mail goes."""
    mail_port: Annotated[int, Field(ge=1, le=65_535)] = 587
    mail_tls: Literal["starttls", "tls", "geen"] = "starttls"
    """How the connection to it is secured. `geen` only for a server on this very machine."""
    mail_from: Adres | None = None
    """Our own address. What cannot be delivered comes back there."""
    mail_user: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = Field(
        default=None, repr=False
    )
    mail_password_file: Path | None = None
    """File with the password of `mail_user`."""
    mail_ca: Path | None = None
    """File with the certificates that the server's is checked against, instead of those of the system."""
    mail_returned: Path | None = None
    """Maildir in which a mail server puts what is sent to `mail_from`. What we read there is taken away."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @model_validator(mode="after")
    def _sandbox_is_named(self) -> Self:
        if self.sandbox is not self.log_name.startswith(SANDBOX):
            raise ValueError(_SANDBOX_NAME)
        return self

    @model_validator(mode="after")
    def _mail_is_whole(self) -> Self:
        if (self.mail_host is None) is not (self.mail_from is None):
            raise ValueError(_MAIL_BOTH)
        if (self.mail_user is None) is not (self.mail_password_file is None):
            raise ValueError(_MAIL_USER)
        if self.mail_tls == "geen" and self.mail_host is not None:
            if not is_loopback(self.mail_host):
                raise ValueError(_MAIL_OPEN)
            if self.mail_user is not None:
                raise ValueError(_MAIL_OPEN_USER)
        return self

    @property
    def shared(self) -> bool:
        """Whether other processes use the same database; `ozlijn worker` then does what time asks for."""
        return self.database.startswith(POSTGRESQL)

    @property
    def sqlite_path(self) -> Path:
        return Path(self.database.removeprefix("sqlite:///"))

    @property
    def api_url(self) -> str:
        return f"{self.issuer}/v1"

    @property
    def token_url(self) -> str:
        return f"{self.api_url}/token"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before what is passed in (the file); no .env files, no secrets folder."""
        return env_settings, init_settings


def file_of(given: Path | None) -> Path | None:
    """The settings file: the one that is given, or else the one that the environment names."""
    named = os.environ.get(FILE_NAME)
    return Path(named) if given is None and named else given


def read_settings(file: Path | None = None) -> Settings:
    """Read file and environment. Raises WrongUse that lists every wrong name at once, and never a value."""
    file = file_of(file)
    values = {} if file is None else _read(file)
    wrong = _unknown(values, [n for n in os.environ if n.upper().startswith(PREFIX) and n != FILE_NAME])
    try:
        settings = Settings(**{name: v for name, v in values.items() if name in Settings.model_fields})
    except ValidationError as error:
        wrong += _invalid(error)
        absent = file is None and any(each.endswith(" ontbreekt") for each in wrong)
        raise WrongUse(_list(wrong) + (_NO_FILE if absent else "")) from None
    if wrong:
        raise WrongUse(_list(wrong))
    return settings


def _read(file: Path) -> dict[str, Any]:
    try:
        values = read_toml(read_at_most(file, MAX_BYTES).decode("utf-8"))
    except UnicodeDecodeError:
        raise WrongUse("Instellingenbestand is geen UTF-8.") from None
    except (ValueError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        raise WrongUse(
            "Instellingenbestand is geen TOML" + (f" (regel {line[1]})." if line else ".")
        ) from None
    here = file.resolve().parent
    for name in ("keys", "anchor", "mail_password_file", "mail_ca", "mail_returned"):
        if isinstance(values.get(name), str):
            values[name] = here / values[name]
    database = values.get("database")
    if isinstance(database, str) and ("://" not in database or database.startswith("sqlite:///")):
        values["database"] = str(here / database.removeprefix("sqlite:///"))
    return values


def _unknown(file_names: dict[str, Any], environment: list[str]) -> list[str]:
    known = set(Settings.model_fields)
    bad = [(name, name) for name in file_names if name not in known]
    bad += [(name, name[len(PREFIX) :].lower()) for name in environment]
    found = []
    for shown, name in bad:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            found.append(f"{shown} is onbekend" + (f" (bedoelt u {close[0]}?)" if close else ""))
    return found


def _invalid(error: ValidationError) -> list[str]:
    found = []
    for fault in error.errors(include_input=False, include_context=False, include_url=False):
        if not fault["loc"]:  # a fault that belongs to two settings together
            found += [text for text in _OURS if fault["msg"].endswith(text)]
            continue
        name = str(fault["loc"][0])
        if fault["type"] == "missing":
            found.append(f"{name} ontbreekt")
        elif fault["type"] != "default_factory_not_called":
            found.append(f"{name} heeft geen geldige waarde")
    return found


def _list(wrong: list[str]) -> str:
    return "Instellingen kloppen niet: " + "; ".join(wrong) + "."
