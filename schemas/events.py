"""Every log event there is, with its level and the only fields it may carry.

A log is read by people who may not read dossiers. So no event has a field for text of a person, a number of
a leerling or a body; gateway/runtime/logs.py refuses what is not declared here. Values are identifiers of
ours, codes, counts, durations and names of organisations' systems.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Level(IntEnum):
    """The numbers of the standard library's logging, so that one threshold works for both."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40


@dataclass(frozen=True, slots=True)
class LogEvent:
    """`name` is stable: alerts and dashboards lean on it."""

    name: str
    level: Level
    fields: frozenset[str]


CATALOGUE: Final[dict[str, LogEvent]] = {}
"""All events by name, in order of declaration."""


def _event(name: str, level: Level, *fields: str) -> LogEvent:
    if name in CATALOGUE:
        raise TypeError(f"log event {name} is declared twice")
    event = LogEvent(name, level, frozenset(fields))
    CATALOGUE[name] = event
    return event


STARTED = _event("gateway.started", Level.INFO, "version", "host", "port", "log_name", "sandbox")
STOPPED = _event("gateway.stopped", Level.INFO)
WORKER_STARTED = _event("worker.started", Level.INFO, "log_name", "sandbox")
WORKER_STOPPED = _event("worker.stopped", Level.INFO)

REQUEST_HANDLED = _event(
    "request.handled", Level.INFO, "method", "route", "status", "duration_ms", "client", "trace", "own_id"
)
REQUEST_REFUSED = _event("request.refused", Level.INFO, "status", "problem", "codes", "client")
REQUEST_ABANDONED = _event("request.abandoned", Level.INFO, "method", "route", "duration_ms", "client")
UNEXPECTED_ERROR = _event("request.failed", Level.ERROR, "method", "route", "client")
PROMISE_BROKEN = _event("gateway.promise_broken", Level.ERROR, "problem")
"""A GatewayError that the operator must repair: the account cannot be written, or the ledger does not
continue.
"""
STATE_BROKEN = _event("state.broken", Level.ERROR, "what", "id")
"""An alarm: a row is not as the gateway wrote it, and is not used. deploy/README.md says what to do."""
STATE_CHECKED = _event("state.checked", Level.INFO, "facts", "leveringen", "broken", "duration_ms")
STATE_ADOPTED = _event("state.adopted", Level.INFO, "leerlingen", "leveringen", "broken")
"""A database of an older release was compared with its account and stamped, once."""

EXCHANGE_ACCEPTED = _event(
    "exchange.accepted", Level.INFO, "uitwisseling", "partij", "client", "leveringen", "bytes"
)
CONTENT_LOST = _event("levering.content_lost", Level.ERROR, "levering")
"""The content of a levering that waited is gone or does not open, so somebody must find out why."""
EXCHANGE_REPEATED = _event("exchange.repeated", Level.INFO, "partij", "client")
EXCHANGE_DECIDED = _event(
    "exchange.decided", Level.INFO, "uitwisseling", "levering", "outcome", "reasons", "ontvanger"
)
LEVERING_RELEASED = _event("levering.released", Level.INFO, "levering", "ontvanger", "take", "volgnummer")
LEVERING_ACKNOWLEDGED = _event("levering.acknowledged", Level.INFO, "levering", "ontvanger")
LEVERING_REFUSED = _event("levering.refused", Level.INFO, "levering", "ontvanger", "grond")
"""`grond` is the code of the recipient's ground, one of `Weigergrond`."""
FACT_RECORDED = _event("fact.recorded", Level.INFO, "feit", "soort", "partij", "client", "redecided")
ZAAK_STEP = _event("zaak.step", Level.INFO, "soort", "partij", "client")
"""A step was taken in a zaak or overleg; which one that is the log does not say."""
REGISTRATION_COMPARED = _event("registration.compared", Level.INFO, "partij", "client", "leerlingen", "bytes")
"""A school had its registration compared; nothing of it was kept."""
REGISTRATION_TAKEN = _event(
    "registration.taken_over", Level.INFO, "partij", "client", "leerlingen", "redecided"
)

COPIES_READ = _event("copies.read", Level.INFO, "partij", "client", "berichten")
"""A partij had copies of its iJw messages read; nothing of them was kept."""

WITHDRAWAL_ANSWERED = _event("withdrawal.answered", Level.INFO, "intrekking", "ontvanger", "uitkomst")
TAAK_LATE = _event("taak.late", Level.WARNING, "taak", "soort", "partij", "levering", "told")
"""Nobody did it before its term. `told` are the partijen that got a taak because of that."""
FG_MISSING = _event("partij.without_fg", Level.WARNING, "partij")
"""No FG watches over this partij, so what an FG must see went to the partij itself."""

TOEZICHT_READ = _event("toezicht.read", Level.INFO, "partij", "client", "over", "kijkdoel", "leveringen")
"""An FG looked. `over` are the partijen that he named, `kijkdoel` is there when he looked at one leerling."""

TOKEN_ISSUED = _event("token.issued", Level.INFO, "client", "scopes")
TOKEN_REFUSED = _event("token.refused", Level.WARNING, "error", "reason", "client")
"""`reason` says which check did not hold; `client` is one of the register, or None."""

SIGNED_IN = _event("login.done", Level.INFO, "uitgever", "niveau")
SIGNED_OUT = _event("login.ended", Level.INFO, "uitgever", "reason", "sessions")
LOGIN_REFUSED = _event("login.refused", Level.WARNING, "uitgever", "reason")
"""People signing in. Who it is stands in no log: `uitgever` is one of the register, or None."""

MAIL_DONE = _event("mail.done", Level.INFO, "verstuurd", "later", "geen_adres", "duration_ms")
"""One round of mail that sent something or tried to. To whom stands in no log."""
MAIL_DOWN = _event("mail.down", Level.WARNING, "reason", "tries")
"""Nothing can be sent. `reason` is a fixed word: what the server said names an address."""
MAIL_RETURNED = _event("mail.returned", Level.INFO, "soort")
"""A mail of ours came back. `soort` says which of the three it was."""

INVITATION_CHANGED = _event("invitation.changed", Level.INFO, "soort", "partij", "client")
"""A system of a school made, mailed or ended an invitation. Of whom stands in no log."""

CHECKPOINT_SIGNED = _event("ledger.checkpoint_signed", Level.INFO, "size")
HOUSEKEEPING_DONE = _event(
    "housekeeping.done", Level.INFO, "released", "expired", "failed", "redecided", "late", "duration_ms"
)
HELD_REDECIDED = _event("held.redecided", Level.INFO, "done", "changed", "left", "duration_ms")
"""How far the round after a change of register or policy is. `left` stops at the most that is counted."""
PURGED = _event("storage.purged", Level.INFO, "answers", "tokens", "taken", "zaken", "mensen", "duration_ms")
"""How many rows had outlived their term and are gone."""

LIBRARY_WARNING = _event("library.warning", Level.WARNING, "logger", "place")
LIBRARY_ERROR = _event("library.error", Level.ERROR, "logger", "place")
LOG_REFUSED = _event("log.refused", Level.ERROR, "refused", "place")
"""Somebody logged an undeclared event, field or kind of value; `place` is where in our code."""
