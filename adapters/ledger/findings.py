"""What a check of a whole log can find, and the Dutch for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    """What is wrong with a log. Codes are only ever added."""

    WRONG_KEY = "wrong_key"
    """A checkpoint that the key we know did not sign."""
    UNREADABLE_CHECKPOINT = "unreadable_checkpoint"
    FORKED = "forked"
    """Two signed checkpoints of one size with different roots: two histories were shown."""
    ROLLED_BACK = "rolled_back"
    """A later checkpoint is smaller than an earlier one, so an old copy was put back."""
    CHANGED = "changed"
    """The leaf does not hash to the hash stored with it."""
    MISSING = "missing"
    """There is a position without a leaf, or there are fewer leaves than were signed for."""
    INSERTED = "inserted"
    """There is a second leaf on one position, or one that pushed the signed leaves up."""
    REORDERED = "reordered"
    """All leaves are there, in another order than was signed."""
    REWRITTEN = "rewritten"
    """Every leaf fits the hash stored with it, but together they are not what was signed."""
    TILE = "tile"
    """A stored tile node does not cover the leaves below it, though the signed root does."""
    UNREADABLE = "unreadable"
    """A leaf that is not canonical JSON, or a release or withdrawal without what its order rests on."""
    ORDER = "order"
    """The leerlingVolgnummer does not rise by one with each leaf that has one."""
    RELEASED_AFTER_WITHDRAWAL = "released_after_withdrawal"
    """A release stands after a withdrawal in the account, although it was decided before it or rests on what
    was withdrawn.
    """
    STALE = "stale"
    """A release stands after a fact about that leerling, although it was decided before that fact."""
    HEAD = "head"
    """The lines do not agree with the head that the store keeps. No signed root says which of the two is
    wrong.
    """
    RECORD_WITHOUT_LEAF = "record_without_leaf"
    """Something is stored that has no line of its own in the account, or another line than its own."""
    LEAF_WITHOUT_RECORD = "leaf_without_record"
    """There is a line about something that is not stored."""


_OF_A_CHECKPOINT: Final = frozenset(
    {Kind.WRONG_KEY, Kind.UNREADABLE_CHECKPOINT, Kind.FORKED, Kind.ROLLED_BACK}
)
_TEXTS: Final = {
    Kind.WRONG_KEY: "een checkpoint is niet door de bekende sleutel van deze verantwoording ondertekend",
    Kind.UNREADABLE_CHECKPOINT: "een checkpoint is onleesbaar",
    Kind.FORKED: "er zijn twee ondertekende checkpoints van deze lengte met een verschillende inhoud",
    Kind.ROLLED_BACK: "een later checkpoint is korter: er is een oude kopie teruggezet",
    Kind.CHANGED: "deze regel is gewijzigd: hij past niet bij de hash die erbij is opgeslagen",
    Kind.MISSING: "hier ontbreken regels",
    Kind.INSERTED: "hier is een regel tussengevoegd",
    Kind.REORDERED: "hier is de volgorde van regels veranderd",
    Kind.REWRITTEN: "hier is de verantwoording herschreven: zij past niet bij wat is ondertekend",
    Kind.TILE: "een opgeslagen tussenhash past niet bij de regels eronder",
    Kind.UNREADABLE: "deze regel is niet te lezen of mist de velden waarop de volgorde rust",
    Kind.ORDER: "het volgnummer van de leerling sluit hier niet aan op het vorige",
    Kind.RELEASED_AFTER_WITHDRAWAL: "hier is vrijgegeven na een intrekking",
    Kind.STALE: "hier is vrijgegeven op een besluit van voor het laatst vastgelegde feit",
    Kind.HEAD: "dit zijn niet de regels waarvan de database de stand bijhoudt",
    Kind.RECORD_WITHOUT_LEAF: "dit is opgeslagen, maar heeft hier geen regel of een andere",
    Kind.LEAF_WITHOUT_RECORD: "deze regel noemt iets dat niet is opgeslagen",
}


class Finding(NamedTuple):
    """One thing wrong, somewhere in positions `position` up to but not including `until`.

    For a checkpoint finding (WRONG_KEY, UNREADABLE_CHECKPOINT, FORKED, ROLLED_BACK) `position` is the place
    in the list of checkpoints, or its tree size where that could be read. `about` names what it is about, by
    kind and random id. `position` and `until` are equal where there is no line to point at.
    """

    kind: Kind
    position: int
    until: int
    about: str = ""

    @property
    def of_a_checkpoint(self) -> bool:
        """Whether it points at a checkpoint and not at lines."""
        return self.kind in _OF_A_CHECKPOINT

    @property
    def text(self) -> str:
        """Plain Dutch; holds nothing from the log itself."""
        return _TEXTS[self.kind]
