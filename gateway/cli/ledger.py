"""What `ozlijn ledger verify` says: what was wrong, and of everything else no more than that it was
compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # imported for types only, so that other commands start faster
    from gateway.account.told import Broken
    from gateway.wiring import Checked, LedgerFinding

_OWN: Final = frozenset({"database", "anker"})
"""The places where the gateway itself keeps its checkpoints."""


def ledger_told(checked: Checked, rows: Sequence[Broken] = ()) -> dict[str, Any]:
    """The result for a program. `tot` is the line after the last one; `rows` are those that do not agree with
    the account.
    """
    report, (start, end) = checked.report, checked.uncovered
    return {
        "goed": report.first is None and not rows,
        "regels": checked.size,
        "bewezen": report.proven,
        "ongedekt": {"vanaf": start, "tot": end} if start < end else None,
        "checkpoints": [{"bron": u.source, "regels": u.size} for u in checked.used],
        "bevindingen": [
            {"soort": f.kind, "vanaf": f.position, "tot": f.until, "over": f.about or None, "uitleg": f.text}
            for f in report.findings
        ],
        "rijen": [{"soort": row.what, "id": row.ident} for row in rows],
    }


def ledger_lines(checked: Checked, rows: Sequence[Broken] = ()) -> Iterator[str]:
    """The result for a person: first what is wrong, or that nothing is, and then what it was compared
    with.
    """
    report, (start, end) = checked.report, checked.uncovered
    for row in rows:
        yield f"{row.what} {row.ident}: wat hiervan is opgeslagen, is niet wat de verantwoording zegt"
    if report.first is None and not rows:
        covered = f"{report.proven} daarvan gedekt door een ondertekend checkpoint"
        yield f"In orde: {_counted(checked.size)}, {covered}."
    for finding in report.findings:
        yield f"{_place(finding)}: {finding.text} [{finding.kind}]"
    points = [f"checkpoint uit {u.source} ({_counted(u.size)})" for u in checked.used]
    yield f"Vergeleken met: {', '.join([*points, 'de stand in de database', 'wat er is opgeslagen'])}."
    if start < end:
        yield f"Geen checkpoint dekt {_stretch(start, end)}: daarvoor heeft niemand getekend."
    if all(u.source in _OWN for u in checked.used):
        yield (
            "Alleen checkpoints van de gateway zelf. Dat alles samen is teruggezet, blijkt zo niet: geef er "
            "met --checkpoint een die elders is bewaard."
        )


def _place(finding: LedgerFinding) -> str:
    about = f" ({finding.about})" if finding.about else ""
    if finding.of_a_checkpoint:
        return f"checkpoint{about}"
    if finding.position == finding.until:
        return f"zonder regel{about}"
    return _stretch(finding.position, finding.until) + about


def _counted(lines: int) -> str:
    return "1 regel" if lines == 1 else f"{lines} regels"


def _stretch(start: int, end: int) -> str:
    return f"regel {start}" if end == start + 1 else f"regel {start} t/m {end - 1}"
