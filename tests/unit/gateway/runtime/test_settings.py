"""Settings: every wrong name is named, no value ever is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from gateway.runtime.settings import Settings, is_loopback, read_settings
from schemas.errors import WrongUse

GOOD = {
    "database": "gegevens/ozlijn.db",
    "keys": "sleutels",
    "issuer": "https://lijn.example.nl/",
    "log_name": "lijn.example.nl/verantwoording",
}
CANARY = "KANARIE-4711"


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("OZLIJN_"):
            monkeypatch.delenv(name)


def file(folder: Path, **changes: object) -> Path:
    values = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    made = folder / "ozlijn.toml"
    lines = [f"{n} = {v if isinstance(v, int) else chr(34) + str(v) + chr(34)}" for n, v in values.items()]
    made.write_text("\n".join(lines), encoding="utf-8")
    return made


def test_a_file_is_enough(tmp_path: Path) -> None:
    """The four that have no default, and the rest by itself; relative paths count from the file."""
    settings = read_settings(file(tmp_path))
    assert settings.sqlite_path == tmp_path / "gegevens/ozlijn.db"
    assert settings.keys == tmp_path / "sleutels"
    assert settings.anchor == tmp_path / "sleutels/anker"
    assert settings.api_url == "https://lijn.example.nl/v1"
    assert settings.token_url == "https://lijn.example.nl/v1/token"
    assert (settings.max_body, settings.hold_days, settings.lease_minutes) == (10_000_000, 30, 15)
    assert (settings.access_token_seconds, settings.decision_minutes, settings.max_takes) == (600, 15, 10)


def test_the_environment_is_enough_and_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file everything comes from OZLIJN_ names; with one they are stronger."""
    for name, value in GOOD.items():
        monkeypatch.setenv(f"OZLIJN_{name.upper()}", value)
    monkeypatch.setenv("OZLIJN_PORT", "9000")
    assert read_settings().port == 9000
    assert read_settings().sqlite_path == Path("gegevens/ozlijn.db")
    assert read_settings(file(tmp_path, port=1234)).port == 9000


def test_the_file_may_be_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OZLIJN_SETTINGS does what --settings does."""
    monkeypatch.setenv("OZLIJN_SETTINGS", str(file(tmp_path, port=1234)))
    assert read_settings().port == 1234


@pytest.mark.parametrize("given", ["sqlite:///pad/x.db", "pad/x.db"])
def test_a_database_is_a_path_or_a_sqlite_address(tmp_path: Path, given: str) -> None:
    """Both count from the file."""
    assert read_settings(file(tmp_path, database=given)).sqlite_path == tmp_path / "pad/x.db"


def test_every_wrong_name_is_listed_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown in file and environment, missing and invalid: one message, with what was probably meant."""
    monkeypatch.setenv("OZLIJN_HOLD_DAYZ", CANARY)
    monkeypatch.setenv("OZLIJN_LEASE_MINUTES", CANARY)
    with pytest.raises(WrongUse) as caught:
        read_settings(file(tmp_path, databse=CANARY, zomaar=CANARY, log_name=None, issuer=f"http://{CANARY}"))
    message = str(caught.value)
    for part in (
        "databse is onbekend (bedoelt u database?)",
        "zomaar is onbekend",
        "OZLIJN_HOLD_DAYZ is onbekend (bedoelt u hold_days?)",
        "log_name ontbreekt",
        "issuer heeft geen geldige waarde",
        "lease_minutes heeft geen geldige waarde",
    ):
        assert part in message
    assert CANARY not in message


def test_an_unknown_name_alone_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else being right does not help."""
    monkeypatch.setenv("OZLIJN_TYPO", "1")
    with pytest.raises(WrongUse, match="OZLIJN_TYPO"):
        read_settings(file(tmp_path))


def test_what_is_missing_is_named_even_when_the_anchor_depends_on_it() -> None:
    """Without anything set, exactly the four are asked for."""
    with pytest.raises(WrongUse) as caught:
        read_settings()
    assert str(caught.value).endswith(" Noem het bestand met --settings BESTAND of in OZLIJN_SETTINGS.")
    assert [part.split()[0] for part in str(caught.value).split(": ", 1)[1].split("; ")] == list(GOOD)


@pytest.mark.parametrize(
    "issuer",
    [
        "http://lijn.example.nl",
        "ftp://lijn.example.nl",
        "lijn.example.nl",
        "https://",
        "https://u:p@lijn.example.nl",
        "https://lijn.example.nl?a=b",
        "https://lijn.example.nl#a",
        "https://[",
    ],
)
def test_an_issuer_is_a_plain_https_address(tmp_path: Path, issuer: str) -> None:
    """Tokens over plain http would travel readable."""
    with pytest.raises(WrongUse, match="issuer heeft geen geldige waarde"):
        read_settings(file(tmp_path, issuer=issuer))


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"])
def test_http_is_for_this_machine_only(tmp_path: Path, issuer: str) -> None:
    """Demo and tests run on a loopback address."""
    assert read_settings(file(tmp_path, issuer=issuer)).issuer == issuer
    assert not is_loopback("127.0.0.1.example.nl")
    assert not is_loopback(None)


def test_another_engine_is_refused(tmp_path: Path) -> None:
    """SQLite and PostgreSQL, and no password of another database in the message."""
    with pytest.raises(WrongUse) as caught:
        read_settings(file(tmp_path, database=f"mysql://u:{CANARY}@x/y"))
    assert CANARY not in str(caught.value)


def test_an_address_of_postgresql_is_kept_out_of_sight(tmp_path: Path) -> None:
    """It is taken as it stands, says that others share the database, and shows in no print of it."""
    address = f"postgresql://u:{CANARY}@x/y"
    settings = read_settings(file(tmp_path, database=address, anchor_database=address))
    assert (settings.database, settings.anchor_database, settings.shared) == (address, address, True)
    assert CANARY not in repr(settings) + str(settings)
    assert not read_settings(file(tmp_path)).shared
    with pytest.raises(WrongUse, match="anchor_database"):
        read_settings(file(tmp_path, anchor_database="anker.db"))


def test_a_file_that_cannot_be_read_is_wrong_use(tmp_path: Path) -> None:
    """Absent, not TOML (with its line), not UTF-8."""
    with pytest.raises(WrongUse, match="niet te lezen"):
        read_settings(tmp_path / "nergens.toml")
    bad = tmp_path / "x.toml"
    bad.write_text(f"port = 1\nkeys = {CANARY}", encoding="utf-8")
    with pytest.raises(WrongUse, match=r"geen TOML \(regel 2\)") as caught:
        read_settings(bad)
    assert CANARY not in str(caught.value)
    bad.write_bytes(b"\xff\xfe")
    with pytest.raises(WrongUse, match="UTF-8"):
        read_settings(bad)


def test_settings_never_change(tmp_path: Path) -> None:
    """Read once, passed on, frozen."""
    settings = read_settings(file(tmp_path))
    with pytest.raises(ValidationError):
        settings.port = 1  # type: ignore[misc]
    assert isinstance(settings, Settings)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"mail_host": "mail.example"}, "mail_host en mail_from horen bij elkaar"),
        ({"mail_from": "a@b.example"}, "mail_host en mail_from horen bij elkaar"),
        ({"mail_host": "mail.example", "mail_from": "a@b.example\\r\\nBcc: c@d.example"}, "mail_from heeft"),
        ({"mail_user": CANARY}, "mail_user en mail_password_file horen bij elkaar"),
        (
            {"mail_host": "mail.example", "mail_from": "a@b.example", "mail_tls": "geen"},
            "mail_tls = geen mag alleen bij een mailserver op deze computer",
        ),
        (
            {
                "mail_host": "127.0.0.1",
                "mail_from": "a@b.example",
                "mail_tls": "geen",
                "mail_user": CANARY,
                "mail_password_file": "wachtwoord",
            },
            "zonder mail_tls gaat er geen mail_user mee",
        ),
        (
            {"mail_host": "mail.example", "mail_from": "a@b.example", "mail_tls": "misschien"},
            "mail_tls heeft",
        ),
    ],
)
def test_settings_of_mail_that_do_not_belong_together_stop_the_start(
    changes: dict[str, object], told: str, tmp_path: Path
) -> None:
    """Clear text over a network above all; no value is told."""
    with pytest.raises(WrongUse) as caught:
        read_settings(file(tmp_path, **changes))
    assert told in str(caught.value)
    assert CANARY not in str(caught.value)


def test_paths_of_mail_count_from_the_file(tmp_path: Path) -> None:
    found = read_settings(
        file(
            tmp_path,
            mail_host="mail.example",
            mail_from="a@b.example",
            mail_user="a",
            mail_password_file="wachtwoord",
            mail_returned="terug",
        )
    )
    assert (found.mail_password_file, found.mail_returned) == (tmp_path / "wachtwoord", tmp_path / "terug")
    assert (found.mail_tls, found.mail_port) == ("starttls", 587)
