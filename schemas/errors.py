"""Every way the gateway can fail to keep a promise. An expected answer (a DENY, a lost race) is a value.

    GatewayError
    ├── InvalidMessage          what came in is not what it says it is; carries all Faults
    │   ├── UnsupportedMessage    well-formed, but a standard, version or profile we do not read
    │   └── MessageTooLarge       more bytes than the bound; nothing was read
    ├── NotAuthenticated        nobody we know, or no longer
    ├── NotAuthorised           known, but not for this operation
    │   └── NotSure               a person whose login is not sure or fresh enough for it
    ├── NotFound                no such thing for this caller; says nothing about why
    ├── Conflict                the request contradicts what is stored
    │   ├── GezagUnchecked        who holds gezag was not checked lately enough to let somebody in
    │   ├── IdempotencyMismatch   same Idempotency-Key, other content
    │   ├── LeaseRuns             it was taken and may still be signed for
    │   ├── EarlierWaits          an earlier levering about the same leerling comes first
    │   ├── OtherContent          signed for other bytes than were handed over
    │   ├── NotSigned             reported as processed before it was signed for
    │   ├── AlreadySigned         refused after it was signed for
    │   ├── NotFailed             only a failed levering is offered again
    │   ├── StillHeld             what was to be offered again has to wait
    │   ├── EndsItself            a taak that nobody has to report as done
    │   ├── WouldEnd              people who are not recognised: what they stated would end
    │   └── Outdated              what was shown before is no longer so
    ├── RecordUnavailable       the account cannot be written, or it is not known whether it was
    │   └── StateBroken           what is stored is not what the gateway wrote; an alarm, and nothing goes
    ├── Busy                    the same facts kept changing under us, or too much is waiting
    │   └── OverShare             this partij asks more at once than its share; nothing was done
    ├── WrongUse                settings, files or command line are wrong
    ├── AlreadyRunning          another gateway holds this database
    └── LedgerBroken            the ledger on disk does not continue what was signed

No status codes here (gateway/api/problems.py has them) and no text of a person, ever: a Fault names a place
and a rule, not the value found there.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a message.

    `code` is stable (a rule of a standard such as `PaO.LL12`, or a dotted name of ours), `place` a path
    into the sender's own document (XPath with positions, JSON pointer), `text` plain Dutch. None of them
    may hold a value from the document. `line` counts from 1.
    """

    code: str
    place: str
    text: str
    line: int | None = None


class GatewayError(Exception):
    """Root of the tree."""


class InvalidMessage(GatewayError):
    """Carries every fault found, at least one, in document order."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(f"{len(faults)} faults: {', '.join(sorted({f.code for f in faults}))}")
        self.faults = faults

    def __reduce__(self) -> tuple[type[InvalidMessage], tuple[tuple[Fault, ...]]]:
        """It travels whole from the process that reads large messages."""
        return type(self), (self.faults,)


class UnsupportedMessage(InvalidMessage):
    pass


class MessageTooLarge(InvalidMessage):
    pass


class NotAuthenticated(GatewayError):
    pass


class NotAuthorised(GatewayError):
    pass


class NotSure(NotAuthorised):
    """Of a person who may do this, and whose login is not as sure or as fresh as this asks."""

    def __init__(self, niveau: str) -> None:
        """`niveau`: how sure a fresh login must be."""
        super().__init__()
        self.niveau = niveau


class NotFound(GatewayError):
    pass


class Conflict(GatewayError):
    pass


class GezagUnchecked(Conflict):
    """Somebody is let in by the record of gezag, and that was not checked lately."""


class IdempotencyMismatch(Conflict):
    pass


class LeaseRuns(Conflict):
    pass


class EarlierWaits(Conflict):
    pass


class OtherContent(Conflict):
    pass


class NotSigned(Conflict):
    pass


class AlreadySigned(Conflict):
    pass


class NotFailed(Conflict):
    pass


class StillHeld(Conflict):
    pass


class EndsItself(Conflict):
    pass


class WouldEnd(Conflict):
    """People are recorded anew without their ids, and these statements of theirs would count no longer.

    Only what the caller recorded himself, by random ids.
    """

    def __init__(self, toestemmingen: tuple[str, ...], bezwaren: tuple[str, ...]) -> None:
        super().__init__(f"{len(toestemmingen)} statements and {len(bezwaren)} objections would end")
        self.toestemmingen, self.bezwaren = toestemmingen, bezwaren


class Outdated(Conflict):
    """What the caller saw and chose from has changed meanwhile, or its term is over.

    `places`: what of his own request it is about, by its place there; never a value.
    """

    def __init__(self, places: tuple[str, ...] = ()) -> None:
        super().__init__(f"{len(places)} places are out of date")
        self.places = places


class RecordUnavailable(GatewayError):
    """Raised when a commit failed or its outcome is unknown: repeat with the same Idempotency-Key."""


class StateBroken(RecordUnavailable):
    """Somebody else than the gateway wrote in the database, or lost part of it: it is not used.

    `what` is the kind of row, `ident` the random id of one (a partij's id for an answer; the number of a
    version for a register).
    """

    def __init__(self, what: str, ident: str) -> None:
        super().__init__(f"what is stored does not hold: {what}")
        self.what, self.ident = what, ident


class Busy(GatewayError):
    pass


class OverShare(Busy):
    pass


class WrongUse(GatewayError):
    pass


class AlreadyRunning(GatewayError):
    pass


class LedgerBroken(GatewayError):
    pass


_WHY: Final = {
    errno.ENOENT: "bestaat niet",
    errno.EACCES: "daar is geen recht voor",
    errno.EPERM: "daar is geen recht voor",
    errno.EEXIST: "bestaat al",
    errno.EISDIR: "is een map",
    errno.ENOTDIR: "een deel van het pad is geen map",
    errno.ENOTEMPTY: "de map is niet leeg",
    errno.ENAMETOOLONG: "de naam is te lang",
    errno.ELOOP: "te veel verwijzingen achter elkaar",
    errno.ENOSPC: "de schijf is vol",
    errno.EDQUOT: "de schijfruimte van deze gebruiker is op",
    errno.EROFS: "de schijf is alleen te lezen",
    errno.EIO: "de schijf geeft een fout",
    errno.EMFILE: "te veel open bestanden",
    errno.ENFILE: "te veel open bestanden",
    errno.EADDRINUSE: "deze poort is al in gebruik",
    errno.EADDRNOTAVAIL: "dit adres heeft deze computer niet",
}


def why(error: OSError) -> str:
    """What the system refused, in Dutch, to stand behind a name; its own words when we have none.

    The system knows only the language it was installed with, and never holds a name in these words.
    """
    return _WHY.get(error.errno or 0) or error.strerror or "onbekende fout van het systeem"


class IssuerUnavailable(Exception):
    """An issuer of logins gave no answer that is one. Shown on a page, and no answer to a system; what the
    issuer said instead is not repeated.
    """
