"""An explanation as plain text, for a letter or a screen. It says nothing that the explanation does not
say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from consent.leeftijd import AMSTERDAM
from gateway.explain import teksten
from schemas.decision.decision import Ground
from schemas.shown.uitleg import (
    Categorieuitleg,
    Handelaar,
    Lezersoort,
    Norm,
    Peilmoment,
    Uitleg,
    Uitlegnu,
    Uitlegstap,
    Veldgroep,
)


def as_text(u: Uitleg) -> str:
    """Lines without markup, ending with a newline. Codes and articles of law are only for readers who work
    with them.

    How it stands now comes first, then what was decided (`toen`), then what would be decided now (`nu`), each
    with its moment.
    """
    lines = [u.status_tekst] if u.status_tekst else []
    lines += _block("toen", u.toen, u, u.lezer, steps=u.nu is None or u.nu.zelfde)
    if u.nu is not None and u.nu.zelfde:
        lines += ["", _header("nu", u.nu), teksten.uitleg("daarna", "zelfde")]
    elif u.nu is not None:
        lines += ["", *_block("nu", u.nu, u.nu, u.lezer, steps=True)]
    return "\n".join(lines) + "\n"


def _header(which: str, at: Peilmoment | Uitlegnu) -> str:
    here = at.op.astimezone(AMSTERDAM)
    when = f"{teksten.datum(here.date())}, {here:%H:%M:%S}"
    return f"{teksten.uitleg('moment', which)}, {when}: {teksten.uitleg('moment', f'{which}Rust')}"


def _block(
    which: str, at: Peilmoment | Uitlegnu, u: Uitleg | Uitlegnu, lezer: Lezersoort, *, steps: bool
) -> list[str]:
    lines = [_header(which, at), u.tekst]
    if u.grond not in (None, Ground.NONE):
        lines.append(f"{_kop('grond')}: {u.grond_tekst}")
    said = _reasons(u, lezer)
    parts: tuple[tuple[str, Iterable[str]], ...] = (
        ("redenen", (f"- {said(c)}" for c in _general(u))),
        ("categorieen", (line for k in u.categorieen for line in _categorie(k, said))),
        ("meegegeven", (f"- {_velden(g)}" for g in u.meegegeven)),
        ("achtergehouden", _home(u.achtergehouden, said)),
        ("stappen", (f"- {_stap(s, lezer)}" for s in u.stappen if steps)),
        ("normen", (f"- {_norm(n, lezer)}" for n in u.normen)),
    )
    for kop, found in parts:
        body = list(found)
        if body:
            lines += ["", _kop(kop), *body]
    if u.besluit is not None:
        b = u.besluit
        lines += ["", f"Besluit {b.besluit_id} van {at.op:%Y-%m-%d %H:%M:%S} UTC, epoch {b.epoch}"]
        lines += [f"Profiel {b.profiel or '-'}, beleid {b.beleid}"]
        if b.regels:
            named = (f"{c} {' '.join(of) or '-'}" for c, of in b.regels.items())
            lines += [f"Regels van de stroom: {', '.join(named)}"]
    return lines


def _kop(name: str) -> str:
    return teksten.uitleg("kop", name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _general(u: Uitleg | Uitlegnu) -> list[str]:
    """Reasons that belong to the whole, and not to one category or field."""
    told = {c for k in u.categorieen for c in k.redenen} | {g.reden for g in u.achtergehouden}
    return [r.code for r in u.redenen if r.code not in told]


def _reasons(u: Uitleg | Uitlegnu, lezer: Lezersoort) -> Callable[[str], str]:
    by_code = {r.code: r for r in u.redenen}

    def said(code: str) -> str:
        r = by_code[code]
        if lezer is Lezersoort.OUDER:
            return r.tekst
        behind = f" (rust op {', '.join(r.partijen)})" if r.partijen else ""
        normen = f" Zie {', '.join(r.normen)}." if r.normen else ""
        return f"{r.tekst}{normen} [{code}]{behind}"

    return said


def _categorie(k: Categorieuitleg, said: Callable[[str], str]) -> Iterator[str]:
    yield f"- {_capital(k.naam)}: {k.tekst}."
    yield from (f"    {said(c)}" for c in k.redenen)
    if k.ontbreekt:
        yield f"    {_kop('ontbreekt')} {_and([o.tekst for o in k.ontbreekt])}."


def _and(words: list[str]) -> str:
    return " en ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _home(groepen: Iterable[Veldgroep], said: Callable[[str], str]) -> Iterator[str]:
    last = None
    for g in groepen:
        if g.reden != last and g.reden is not None:
            yield f"- {said(g.reden)}"
            last = g.reden
        yield f"    {_velden(g)}"


def _velden(g: Veldgroep) -> str:
    return f"{g.naam}: {'; '.join(dict.fromkeys(v.naam for v in g.velden))}"


def _stap(s: Uitlegstap, lezer: Lezersoort) -> str:
    """One step. A reader who only looks on is told who acts; the reader who must act is told what to do."""
    if lezer is Lezersoort.OUDER or s.wie is Handelaar.VANZELF:
        return s.tekst
    if lezer is Lezersoort.AFZENDER and s.wie is Handelaar.AFZENDER:
        return s.tekst
    return f"{_capital(teksten.uitleg('wie', s.wie))}: {s.tekst}"


def _norm(n: Norm, lezer: Lezersoort) -> str:
    unread = "" if n.gelezen or lezer is not Lezersoort.FG else " (door ons niet zelf gelezen)"
    return f"{n.naam}: {n.tekst}{unread}"
