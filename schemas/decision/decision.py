"""A Decision: the outcome for one recipient, with a reason for everything that does not go.

Outcomes and reason codes are stable and machine-readable (`consent.md` §5.2, §5.3). The Dutch texts a
person reads are in `gateway/explain/teksten.toml`, one per code.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.base import Gegevenscategorie, Model
from schemas.identifiers import Id, PartijId
from schemas.keuze import Keuze
from schemas.people.toestemming import Hoedanigheid


class Outcome(Keuze):
    PERMIT = "PERMIT"
    """Everything asked may go."""
    PERMIT_REDUCED = "PERMIT_REDUCED"
    """Some fields or categories stay home."""
    HOLD = "HOLD"
    """A person can repair it: a signature, a check of gezag, a note on capacity."""
    DENY = "DENY"
    """Someone entitled said no, or scope or role does not fit."""
    ERROR = "ERROR"
    """The decision could not be made or recorded: nothing is accepted."""


class Ground(Keuze):
    CONSENT = "consent"
    STATUTORY = "statutory"
    BREAK_GLASS = "break_glass"
    NONE = "none"
    """Nothing goes; or what goes is about nobody, so that none is needed."""


class Reden(Keuze):
    """Reason codes. Codes are only ever added; their meaning does not change."""

    # consent
    CONSENT_VALID = "CONSENT_VALID"
    CONSENT_MISSING = "CONSENT_MISSING"
    CONSENT_PARTIAL_SIGNERS = "CONSENT_PARTIAL_SIGNERS"
    CONSENT_REFUSED = "CONSENT_REFUSED"
    CONSENT_WITHDRAWN = "CONSENT_WITHDRAWN"
    CONSENT_EXPIRED = "CONSENT_EXPIRED"
    CONSENT_NOT_YET_VALID = "CONSENT_NOT_YET_VALID"
    CONSENT_FUNCTION_MISMATCH = "CONSENT_FUNCTION_MISMATCH"
    CONSENT_NOT_EXPLICIT = "CONSENT_NOT_EXPLICIT"
    CONSENT_EVIDENCE_MISSING = "CONSENT_EVIDENCE_MISSING"
    CONSENT_NOTICE_OUTDATED = "CONSENT_NOTICE_OUTDATED"
    CONSENT_SCOPE_PURPOSE = "CONSENT_SCOPE_PURPOSE"
    CONSENT_SCOPE_CATEGORY = "CONSENT_SCOPE_CATEGORY"
    CONSENT_SCOPE_RECIPIENT = "CONSENT_SCOPE_RECIPIENT"
    CONSENT_SCOPE_DIRECTION = "CONSENT_SCOPE_DIRECTION"
    CONSENT_SCOPE_SENDER = "CONSENT_SCOPE_SENDER"
    RECONSENT_REQUIRED = "RECONSENT_REQUIRED"
    COURT_SUBSTITUTED_CONSENT = "COURT_SUBSTITUTED_CONSENT"
    ONE_PARENT_NO_OBJECTION = "ONE_PARENT_NO_OBJECTION"
    # signer
    SIGNER_NO_AUTHORITY = "SIGNER_NO_AUTHORITY"
    SIGNER_AGED_OUT = "SIGNER_AGED_OUT"
    SIGNER_INCAPABLE = "SIGNER_INCAPABLE"
    YOUTH_REFUSES = "YOUTH_REFUSES"
    YOUTH_NOT_ASKED = "YOUTH_NOT_ASKED"
    PARENTS_CONFLICT = "PARENTS_CONFLICT"
    OBJECTION_NOT_ENTITLED = "OBJECTION_NOT_ENTITLED"
    GEZAG_UNVERIFIED = "GEZAG_UNVERIFIED"
    GEZAG_CHANGED = "GEZAG_CHANGED"
    AGE_UNCERTAIN = "AGE_UNCERTAIN"
    CAPACITY_ROUTE_UNCLEAR = "CAPACITY_ROUTE_UNCLEAR"
    # ground
    GROUND_OTS_GI = "GROUND_OTS_GI"
    GROUND_VEILIG_THUIS = "GROUND_VEILIG_THUIS"
    GROUND_VERWIJSINDEX = "GROUND_VERWIJSINDEX"
    GROUND_LEERPLICHT = "GROUND_LEERPLICHT"
    GROUND_OVERSTAP = "GROUND_OVERSTAP"
    GROUND_NOT_APPLICABLE = "GROUND_NOT_APPLICABLE"
    GROUND_RECIPIENT_MISMATCH = "GROUND_RECIPIENT_MISMATCH"
    GROUND_INCOMPLETE = "GROUND_INCOMPLETE"
    # subject
    SUBJECT_NOT_A_PERSON = "SUBJECT_NOT_A_PERSON"
    """It goes because it is about a group, a school or nobody: it holds nothing of a person."""
    # minimise
    FIELD_NOT_REQUESTED = "FIELD_NOT_REQUESTED"
    FIELD_NOT_IN_PROFILE = "FIELD_NOT_IN_PROFILE"
    FIELD_NOT_CONSENTED = "FIELD_NOT_CONSENTED"
    FIELD_THIRD_PARTY_PRIVACY = "FIELD_THIRD_PARTY_PRIVACY"
    FIELD_SOURCE_OPT_OUT = "FIELD_SOURCE_OPT_OUT"
    FIELD_SOURCE_NOT_AGREED = "FIELD_SOURCE_NOT_AGREED"
    FIELD_SOURCE_NO_PERMISSION = "FIELD_SOURCE_NO_PERMISSION"
    BSN_NOT_ALLOWED = "BSN_NOT_ALLOWED"
    FREE_TEXT_UNREVIEWED = "FREE_TEXT_UNREVIEWED"
    NOTHING_LEFT = "NOTHING_LEFT"
    # rules of a flow (consent/stromen.toml)
    RULE_DUTY = "RULE_DUTY"
    """A rule says that the sender must give this, without toestemming."""
    RULE_MAY = "RULE_MAY"
    """A rule says that the sender may give this, without toestemming."""
    STATUTORY_BAR = "STATUTORY_BAR"
    """A rule forbids it, whoever agrees."""
    RULE_UNKNOWN = "RULE_UNKNOWN"
    """No rule speaks of this flow."""
    RULE_ON_HOLD = "RULE_ON_HOLD"
    """A rule speaks of it, and what it comes to is not settled."""
    PREDICATE_UNKNOWN = "PREDICATE_UNKNOWN"
    """A rule speaks of it, and whether its condition holds is not on record."""
    CAPACITY_UNKNOWN = "CAPACITY_UNKNOWN"
    """In which capacity somebody sends or receives here is not known."""
    EXPLICIT_PURPOSE_MISSING = "EXPLICIT_PURPOSE_MISSING"
    """The law asks toestemming that names exactly this, said since the age that it names."""
    NOT_CARRIED = "NOT_CARRIED"
    """By the rules it may go, by another road than this line."""
    # recipient
    RECIPIENT_UNKNOWN = "RECIPIENT_UNKNOWN"
    RECIPIENT_ROLE_MISMATCH = "RECIPIENT_ROLE_MISMATCH"
    RECIPIENT_NOT_INVOLVED = "RECIPIENT_NOT_INVOLVED"
    RECIPIENT_DECLINED = "RECIPIENT_DECLINED"
    # break-glass: the stored name of a weighing (afweging)
    BG_APPROVED = "BG_APPROVED"
    BG_INCOMPLETE = "BG_INCOMPLETE"
    BG_FOUR_EYES_MISSING = "BG_FOUR_EYES_MISSING"
    BG_NOT_AUTHORISED = "BG_NOT_AUTHORISED"
    BG_SCOPE_EXCEEDED = "BG_SCOPE_EXCEEDED"
    BG_EXPIRED = "BG_EXPIRED"
    BG_REVIEW_OVERDUE = "BG_REVIEW_OVERDUE"
    # system
    PROFESSIONAL_VETO = "PROFESSIONAL_VETO"
    PROTECTED_PARTY = "PROTECTED_PARTY"
    WITHDRAWN_IN_FLIGHT = "WITHDRAWN_IN_FLIGHT"
    DECISION_EXPIRED = "DECISION_EXPIRED"
    AUDIT_UNAVAILABLE = "AUDIT_UNAVAILABLE"
    POLICY_ERROR = "POLICY_ERROR"
    INPUT_INVALID = "INPUT_INVALID"
    CONTENT_LOST = "CONTENT_LOST"
    """The content of a levering is gone or does not open. It is said of a state, never of a decision."""

    __hash__ = str.__hash__  # an Enum hashes its name in Python at every look-up, which is slower


_ANDERS = frozenset(
    {
        Reden.GROUND_OTS_GI,
        Reden.GROUND_VEILIG_THUIS,
        Reden.GROUND_VERWIJSINDEX,
        Reden.GROUND_LEERPLICHT,
        Reden.GROUND_OVERSTAP,
        Reden.BG_APPROVED,
        Reden.RULE_DUTY,
        Reden.RULE_MAY,
    }
)
"""The reasons for which something goes without toestemming."""


WACHT_OP = (
    Reden.FIELD_NOT_CONSENTED,
    Reden.RULE_UNKNOWN,
    Reden.RULE_ON_HOLD,
    Reden.PREDICATE_UNKNOWN,
    Reden.CAPACITY_UNKNOWN,
)
"""The reasons for which a field stays home that may still go: on a signature, a rule or a fact."""


@dataclass(frozen=True, slots=True)
class Redengrond:
    """A reason with the partijen whose recorded facts it rests on.

    Only a partij whose own facts it rests on may read the code; to others it is `nietBeschikbaar`.
    """

    code: Reden
    partijen: tuple[PartijId, ...]


class Standpunt(Keuze):
    """Where one required signer stands for one category."""

    TOEGESTEMD = "toegestemd"
    GEWEIGERD = "geweigerd"
    INGETROKKEN = "ingetrokken"
    VERVANGEN_DOOR_RECHTER = "vervangen_door_rechter"
    ONTBREEKT = "ontbreekt"
    NIET_NODIG = "niet_nodig"


@dataclass(frozen=True, slots=True)
class Ondertekenaar:
    """A person whose statement the decision needed, by random reference: never a name."""

    persoon: Id | None
    """None while it is not known who holds gezag."""
    hoedanigheid: Hoedanigheid | None
    standpunt: Standpunt
    zonder: tuple[Gegevenscategorie, ...] = ()
    """The categories that were asked for and that he did not agree to."""


Regelsleutel = Annotated[str, StringConstraints(pattern=r"^V[0-9]{2}[a-z]?@[0-9]{1,4}$")]
"""A rule of a flow with its version."""


def _none_yet(regels: object) -> bool:
    """Left out of a decision of before there were rules, which is written as it was."""
    return regels is None


class Decision(Model):
    """The outcome for one recipient at one instant, reproducible from logged inputs.

    `as_of` is aware. `expires_at`: after this a release must decide again (it always does). Field paths
    and random references only; no value of a person.
    """

    decision_id: Id
    outcome: Outcome
    ground: Ground
    reasons: tuple[Redengrond, ...]
    per_category: dict[Gegevenscategorie, tuple[Redengrond, ...]]
    """Only categories that were asked for. CONSENT_VALID among the reasons means that people agreed to it."""
    released: tuple[str, ...]
    """The paths of the fields that go, in definition order."""
    withheld: dict[Reden, tuple[str, ...]]
    """The paths of the fields that stay home, by their one reason. No path is in both lists or under two
    reasons.
    """
    signers: tuple[Ondertekenaar, ...]
    consent_event_ids: tuple[Id, ...]
    ground_ids: tuple[Id, ...] = ()
    """The asserted ground or the weighing on which it rests, when that is not toestemming alone."""
    policy_hash: str
    profile_id: str | None
    profile_hash: str | None
    consent_epoch: int
    as_of: dt.datetime
    expires_at: dt.datetime
    regels: Annotated[
        dict[Gegevenscategorie, tuple[Regelsleutel, ...]] | None, Field(exclude_if=_none_yet)
    ] = None
    """On which rules of a flow each asked category was decided, each with its version (`V53@1`); empty where
    none speaks, and `nummer` only where they give one. None: it was decided without those rules, as before
    there were any.
    """

    @property
    def codes(self) -> tuple[Reden, ...]:
        return tuple(r.code for r in self.reasons)

    @property
    def on_toestemming(self) -> tuple[Gegevenscategorie, ...]:
        """The categories that are open because everybody asked agreed, and on no other ground."""
        by = {c: {r.code for r in found} for c, found in self.per_category.items()}
        return tuple(c for c, why in by.items() if Reden.CONSENT_VALID in why and why.isdisjoint(_ANDERS))

    @property
    def wachtend(self) -> tuple[str, ...]:
        """The paths of the fields that may still go: what is kept of a levering that waits."""
        return tuple(p for r in WACHT_OP for p in self.withheld.get(r, ()))

    @property
    def permit(self) -> Permit | None:
        """The right to minimise, or None. There is no other way to get a Permit."""
        if self.outcome not in (Outcome.PERMIT, Outcome.PERMIT_REDUCED):
            return None
        number = (self.regels or {}).get(Gegevenscategorie.NUMMER, ())
        return Permit(self.decision_id, frozenset(self.released), number)


@dataclass(frozen=True, slots=True)
class Permit:
    """The paths of the fields that one decision lets through. Only `Decision.permit` makes it (an AST test
    looks).
    """

    decision_id: str
    velden: frozenset[str]
    nummer: tuple[Regelsleutel, ...] = ()
    """The rules of the flow that give the number of the leerling; none: it is not copied."""


@dataclass(frozen=True, slots=True)
class Releasable:
    """A minimised message: what `release` accepts, and what only consent/minimise.py makes.

    `inhoud` is plain JSON data in definition order, `velden` are the paths of the fields in it.
    """

    decision_id: str
    soort: str
    inhoud: dict[str, object]
    velden: tuple[str, ...]
    nummer: tuple[Regelsleutel, ...] = ()
    """The rules by which the number of the leerling is in it."""
