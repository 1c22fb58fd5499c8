"""The texts people read before they answer, with every version kept: which of them can still carry a
toestemming.

A newer version says itself whether it is so different that people who agreed on an older one must be asked
again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from consent.vorm import as_json, form_faults
from schemas.base import Model, Tekst
from schemas.errors import Fault


class Kennisgeving(Model):
    """One version of one text, in one language. A text that was shown never changes: a new text is a new
    version.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{3,70}$")]
    versie: Annotated[int, Field(ge=1, le=9_999)]
    titel: Tekst
    taal: Tekst = "nl"
    tekst: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
    opnieuw_vragen: bool = False
    """People who agreed on an older version of this text must be asked again."""

    @property
    def ref(self) -> str:
        """The name by which a bewijsmiddel refers to it."""
        return f"{self.id}-{self.versie}"

    @cached_property
    def hash(self) -> str:
        """The hash of the text in UTF-8, so that whoever showed the text can make it himself."""
        return f"sha256:{hashlib.sha256(self.tekst.encode()).hexdigest()}"


def check_kennisgevingen(rows: Iterable[object]) -> tuple[tuple[Kennisgeving, ...], tuple[Fault, ...]]:
    """The kennisgevingen that are well-formed, and every fault with its place in the list."""
    found: dict[str, Kennisgeving] = {}
    faults: list[Fault] = []
    for i, row in enumerate(rows):
        try:
            one = Kennisgeving.model_validate_json(as_json(row))
        except ValidationError as error:
            faults += _placed(form_faults(error, "kennisgeving.vorm", "Dit klopt niet of is onbekend."), i)
            continue
        if found.setdefault(one.ref, one) is not one:
            faults.append(
                Fault("kennisgeving.dubbel", f"/{i}", "Deze versie van deze tekst staat er twee keer in.")
            )
    return tuple(found.values()), tuple(faults)


def _placed(faults: Iterable[Fault], i: int) -> Iterator[Fault]:
    for f in faults:
        yield Fault(f.code, f"/{i}{f.place}", f.text)


def current(kennisgevingen: Iterable[Kennisgeving]) -> Mapping[str, Kennisgeving]:
    """By ref, the kennisgevingen that no newer version of the same text puts aside."""
    every = tuple(kennisgevingen)
    since: dict[str, int] = {}
    for one in every:
        if one.opnieuw_vragen:
            since[one.id] = max(since.get(one.id, 0), one.versie)
    return {one.ref: one for one in every if one.versie >= since.get(one.id, 0)}


def carrying(kennisgevingen: Iterable[Kennisgeving], regional: Iterable[str] | None) -> frozenset[str] | None:
    """The hashes of the texts a toestemming may rest on. None when neither the texts nor a region say which.

    When both say something, a text must be named by both.
    """
    every = tuple(kennisgevingen)
    if not every:
        return None if regional is None else frozenset(regional)
    ours = frozenset(one.hash for one in current(every).values())
    return ours if regional is None else ours & frozenset(regional)
