"""Where the commands that read files meet the adapters that do: apart from gateway/wiring.py, because a
command that needs no gateway starts twice as fast without all that one is made of. For the same reason what
one kind of file needs is loaded with the first file of that kind.
"""

from __future__ import annotations

import codecs
import datetime as dt
from collections.abc import Callable, Sequence

from adapters import standaarden
from schemas.errors import Fault
from schemas.messages.vertaling import Gelezen, Geschreven


class FileReader:
    """Reads files of any standard, one after the other. Raises WrongUse when `kolommen` is wrong."""

    def __init__(self, today: dt.date, kolommen: bytes | None, namen: Sequence[str] = ()) -> None:
        """`namen` are names that may not stand in an anonymous question."""
        self._today, self._namen = today, namen
        self._foreign = standaarden.Bestandslezer(today, kolommen)

    def __call__(self, raw: bytes, name: str) -> Gelezen:
        # A mark that says UTF-8, or white space before it, makes a JSON object nothing else.
        plain = raw.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
        if plain[:1] == b"{" and not standaarden.is_draad(plain):
            from gateway.exchange.intake.eigen import read_own_file  # noqa: PLC0415

            return read_own_file(plain, self._today, self._namen)
        return self._foreign(plain if plain[:1] == b"{" else raw, name)

    def beside_each_other(self, *, volledig: bool) -> dict[str, tuple[Fault, ...]]:
        """What the iJw messages among the files have against each other, by file name."""
        return self._foreign.naast_elkaar(volledig=volledig)[1]

    def other_form(
        self, to: str, extra: str | None, *, after_these: bool, volledig: bool
    ) -> Callable[[bytes], Geschreven]:
        """Gives what writes files in another form. With `after_these` a retour is held to what was read
        before.

        Raises WrongUse for an unknown form, InvalidMessage for `extra`.
        """
        from adapters.ijw.reeks import a_verloop  # noqa: PLC0415
        from adapters.ijw.vormen import Bestandsschrijver  # noqa: PLC0415
        from gateway.exchange.intake.eigen import read_own  # noqa: PLC0415

        verloop = None
        if after_these:
            verloop = self._foreign.naast_elkaar(volledig=volledig)[0] or a_verloop(volledig=volledig)
        return Bestandsschrijver(to, self._today, extra, read_own, verloop)

    @staticmethod
    def over_several(to: str) -> tuple[str, ...]:
        """The rules of iJw that look at other messages too: a draft alone is not held to these."""
        from adapters.ijw.vormen import over_meer  # noqa: PLC0415

        return over_meer(to)

    def into_arrangement(self, arrangement: bytes, berichten: Sequence[tuple[str, bytes]]) -> Geschreven:
        """An arrangement with allocations, starts and stops worked into it: all of them or none."""
        from adapters.ijw.vormen import into_arrangement  # noqa: PLC0415
        from gateway.exchange.intake.eigen import read_own  # noqa: PLC0415

        return into_arrangement(arrangement, berichten, read_own)
