"""What must hold of the gateway's source for one function to be the only way out, as facts about its text.

The argument, in the order of tests/architecture/test_release.py: content is sealed under a context that one
file writes; one file asks the store for it; what is opened becomes a message by `minimise` alone, and a
message becomes bytes by the writer alone; the places that mention any of these are listed below, and bytes
leave the exchange in two kinds of value, which two routers unpack. A mention is enough, called or not, so
another name for it (`w = self.writer`, `getattr`, an import) is found where it is made.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tests.architecture.rules import dotted, last

HAND_OVER: Final = "gateway/exchange/hand_over.py"
PREVIEW: Final = "gateway/exchange/preview.py"
RELEASE: Final = "gateway/exchange/release.py"
STANDARDS: Final = "gateway/ports/standards.py"
SEALING: Final = "gateway/exchange/sealing.py"
WIRING: Final = "gateway/wiring.py"
APPLICATION: Final = "gateway/application.py"
OUT: Final = "gateway/api/postbus.py"
SHOWN: Final = "gateway/api/uitwisselingen.py"


class Place(NamedTuple):
    """A function or method by its full name within one file; empty for the module itself."""

    file: str
    within: str


MAY_MENTION: Final[dict[str, set[Place]]] = {
    # the content as it is stored; leaves.py names the ciphertext of a detail it has just sealed
    "content": {
        Place(HAND_OVER, "HandOver._once"),
        Place("gateway/account/leaves.py", "Account.leaf"),
        # the steps of a zaak as they are stored, no message
        Place("gateway/account/stamps.py", "_zaak"),
        # sessions and references of people as they are stored, no message
        Place("gateway/identity/verzegeld.py", "sealed"),
    },
    # from what is stored to what may go
    "minimise": {
        Place(HAND_OVER, ""),
        Place(HAND_OVER, "HandOver._fitting"),
        Place(PREVIEW, ""),
        Place(PREVIEW, "Previews._show"),
    },
    "open_content": {Place(HAND_OVER, ""), Place(HAND_OVER, "HandOver._read_content")},
    "_read_content": {Place(HAND_OVER, "HandOver._fitting")},
    "_fitting": {Place(HAND_OVER, "HandOver._once")},
    # from what may go to bytes: written at the first take, kept from then on
    "gedeeld": {Place(WIRING, "")},
    "writer_for": {Place(HAND_OVER, "HandOver._fitting"), Place(PREVIEW, "Previews._show")},
    "writer": {
        Place(HAND_OVER, "HandOver._fitting"),
        Place(PREVIEW, "Previews._show"),
        Place(STANDARDS, "Standards.writer_for"),
    },
    "write": {Place(WIRING, ""), Place(STANDARDS, "Standards.writer_for")},
    "first_bytes": {Place(SEALING, "seal_content"), Place(HAND_OVER, "HandOver._fitting")},
    "Written": {Place(HAND_OVER, ""), Place(HAND_OVER, "HandOver._fitting")},
    # out of the exchange
    "_show": {Place(PREVIEW, "Previews.__call__")},
    "release": {Place(HAND_OVER, ""), Place(HAND_OVER, "HandOver._once")},
    "Intent": {Place(HAND_OVER, ""), Place(HAND_OVER, "HandOver._once")},
    "Released": {Place(HAND_OVER, ""), Place(RELEASE, "release")},
    "HandOver": {Place(WIRING, ""), Place(WIRING, "build"), Place(APPLICATION, "")},
    "Previews": {Place(WIRING, ""), Place(WIRING, "build"), Place(APPLICATION, "")},
    "hand_over": {Place(OUT, "take"), Place(WIRING, ""), Place(APPLICATION, "")},
    "previews": {Place(SHOWN, "preview")},
    "payload": {
        Place(HAND_OVER, "HandOver._announced"),
        Place(RELEASE, "release"),
        Place(OUT, "take"),
    },
    "payload_now": {Place(SHOWN, "_preview")},
    "payload_agreed": {Place(SHOWN, "_preview")},
}
"""Where each of these names may stand in gateway/, exactly: one that no longer has it is a finding too."""
OTHER_THINGS: Final = {
    "payload": ("gateway/account/signatures.py", "gateway/identity/tokens.py"),  # of what is signed
    "write": (  # to a file, a stream or a clock
        "gateway/cli/bestanden.py",
        "gateway/cli/demo.py",
        "gateway/cli/main.py",
        "gateway/cli/parts.py",
        "gateway/runtime/bestanden.py",
        "gateway/runtime/proefklok.py",
    ),
    "content": ("gateway/cli/demo.py", "gateway/cli/proeflijn.py"),  # callers: of an answer over HTTP
    # of files that a caller has at hand, without a gateway
    "_fitting": ("gateway/cli/bestanden.py",),
    "_show": ("gateway/cli/bestanden.py", "gateway/cli/fg.py"),
}
"""Files in which a name means something that has nothing to do with leveringen."""
OPENS: Final = {
    Place(SEALING, "open_content"),
    Place("gateway/case/case.py", "open_fact"),
    Place("gateway/case/case.py", "open_identity"),
    # the steps of a zaak: codes, dates and partijen, under a context of their own
    Place("gateway/zaak/bewaren.py", "Bewaren.geopend"),
    # who is behind a line of the account, for the FG of his partij: under a context of its own
    Place("gateway/toezicht/bron.py", "Bron._open"),
    # sessions and references of people, under a context of their own
    Place("gateway/identity/verzegeld.py", "opened"),
}
"""Who may open what is sealed. Only the first does so under the context of content."""
CONTENT_CONTEXT: Final = b"levering:"
_BY_NAME: Final = {
    "attrgetter",
    "methodcaller",
    "vars",
    "eval",
    "exec",
    "globals",
    "locals",
    "__dict__",
    "__getattribute__",
    "import_module",
    "__import__",
}
BY_NAME_IN: Final = {
    # the fields of a request that a fact of the same name gets
    Place("gateway/api/vastleggen.py", "fields_of"),
    # a store around another one: what it does not do itself goes to that one
    Place("gateway/register/machtigingen.py", "Guarded.__getattr__"),
    # a command, by the file and the function that stand in the list of gateway/cli/main.py
    Place("gateway/cli/later.py", ""),
    Place("gateway/cli/later.py", "Later.load"),
}
BODIES: Final = {
    (OUT, "handed.payload"),
    (SHOWN, "answer.body"),
    (SHOWN, "shown"),
    ("gateway/api/vastleggen.py", "answer.body"),
    ("gateway/api/kopieen.py", "answer.body"),
    ("gateway/api/zaken.py", "answer.body"),
    ("gateway/api/zaken.py", "shown"),
    ("gateway/api/overleggen.py", "answer.body"),
    ("gateway/api/overleggen.py", "shown"),
    ("gateway/api/http.py", "content"),
    ("gateway/api/routes.py", "made"),
    ("gateway/api/overig.py", "found.note.encode()"),
    ("gateway/api/problems.py", "orjson.dumps({**(extra or {}), **members})"),
    ("gateway/api/schemas.py", "found['index.json']"),
    ("gateway/api/schemas.py", "found"),
    ("gateway/api/toestemmingen.py", "vastgelegd.toestemming(events, ref, regels, ctx.clock.now())"),
    ("gateway/api/toestemmingen.py", "made.bestand"),
    ("gateway/api/toestemmingen.py", "made.page()"),
    ("gateway/api/toezicht.py", "toezicht.whole(ctx.storage, seen)"),
    ("gateway/api/token.py", "granted.members"),
    ("gateway/api/vragen.py", "before.body"),
    ("gateway/api/vragen.py", "told"),
    ("gateway/api/vragen.py", "made"),
}
"""What a router answers that is neither an object written out there nor made by a function that shows one."""


def scoped(tree: ast.AST, within: str = "") -> Iterator[tuple[ast.AST, str]]:
    """Every node with the function or class around it. Annotations are left out: they run nothing."""
    for field, value in ast.iter_fields(tree):
        if field in {"annotation", "returns"}:
            continue
        for node in value if isinstance(value, list) else [value]:
            if not isinstance(node, ast.AST):
                continue
            yield node, within
            inner = within
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = f"{within}.{node.name}".lstrip(".")
            yield from scoped(node, inner)


def mentioned(source: str, file: str) -> Iterator[tuple[str, Place]]:
    """Every guarded name that stands somewhere in the source, with the place."""
    for node, within in scoped(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name):
                found = [name]
            case ast.Name(id=name, ctx=ast.Load()):
                found = [name] if name not in {"content", "payload", "previews", "write"} else []
            case ast.ImportFrom(module=module, names=names):
                # consent.minimise is also where harmless things are imported from
                above = {*(module or "").split(".")} - {"minimise"}
                found = [*above, *(a.name for a in names)]
            case ast.Import(names=names):
                found = [part for a in names for part in a.name.split(".")]
            case ast.Call(func=func, args=[_, ast.Constant(value=str(name)), *_]) if last(func) == "getattr":
                found = [name]
            case _:
                continue
        for name in found:
            if name in MAY_MENTION and file not in OTHER_THINGS.get(name, ()):
                yield name, Place(file, within)


def by_name(source: str, file: str) -> Iterator[Place]:
    """Reaching for something under a name that is worked out while it runs: no text shows what it is."""
    for node, within in scoped(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in _BY_NAME:
                yield Place(file, within)
            case ast.ImportFrom(names=names) if any(a.name in _BY_NAME for a in names):
                yield Place(file, within)
            case ast.Call(func=func, args=[_, ast.Constant(value=str()), *_]) if last(func) == "getattr":
                pass
            case ast.Call(func=func) if last(func) == "getattr":
                yield Place(file, within)
            case _:
                pass


def opened(source: str, file: str) -> Iterator[Place]:
    """An `open` with more than a file's two arguments, or one that is not called at once."""
    tree = ast.parse(source)
    files = {
        id(n.func)
        for n in ast.walk(tree)
        if isinstance(n, ast.Call)
        and (len(n.args) + len(n.keywords) <= 2 or dotted(n.func) in {"os.open", "SqliteStorage.open"})
        and not any(isinstance(a, ast.Starred) for a in n.args)
        and all(k.arg for k in n.keywords)
    }
    columns = {id(n) for n in ast.walk(tree) if dotted(n) == "v.open"}  # of a comparison of profiles
    for node, within in scoped(tree):
        if isinstance(node, ast.Attribute) and node.attr == "open" and id(node) not in files | columns:
            yield Place(file, within)


def contexts(source: str) -> Iterator[bytes]:
    """Every constant that could be the context of sealed content, or the beginning of it."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=bytes(text)) if text.startswith(b"levering"):
                yield text
            case ast.Constant(value=str(text)) if text.startswith("levering:"):
                yield text.encode()
            case _:
                pass


def forged(source: str) -> Iterator[str]:
    """A decision or message that is changed after it was made: its permit would not be the decision's."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=func, keywords=keywords) if last(func) in {
                "replace",
                "__replace__",
                "Decision",
            }:
                yield from (k.arg for k in keywords if k.arg in {"released", "velden", "inhoud"})
            case ast.Call(func=func, keywords=keywords) if last(func) == "model_copy":
                for k in keywords:
                    if isinstance(k.value, ast.Dict):
                        keys = (key.value for key in k.value.keys if isinstance(key, ast.Constant))
                        yield from (str(key) for key in keys if key in {"released", "outcome"})
                    elif k.arg == "update":
                        yield ast.unparse(k.value)
            case ast.Call(func=func) if last(func) in {"model_construct", "__setattr__", "setattr"}:
                yield last(func)
            case _:
                pass


def bodies(source: str, file: str) -> Iterator[tuple[str, str]]:
    """What is answered, where that is not an object shown by its own text or by a function for it."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not last(node.func).endswith(("respond", "Response")):
            continue
        at = 1 if last(node.func) == "respond" else 0
        body = node.args[at] if len(node.args) > at else None
        body = next((k.value for k in node.keywords if k.arg in {"body", "content"}), body)
        while isinstance(body, ast.Await):
            body = body.value
        if body is not None and not _shows(body):
            yield file, ast.unparse(body)


def _shows(body: ast.expr) -> bool:
    match body:
        case ast.BinOp(left=left, right=right, op=ast.BitOr()):
            return _shows(left) and _shows(right)
        case ast.Call(func=func):
            return isinstance(func, ast.Name) or dotted(func).startswith("views.")
        case _:
            return isinstance(body, ast.Dict)


def gateway(root: Path) -> dict[str, str]:
    """The source of every file in gateway/, by its path below the root."""
    return {str(p.relative_to(root)): p.read_text("utf-8") for p in sorted((root / "gateway").rglob("*.py"))}


def arguments(source: str, made: str) -> list[str]:
    """The arguments of every call of `made`, as text."""
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and last(n.func) == made]
    return [ast.unparse(a) for call in calls for a in (*call.args, *(k.value for k in call.keywords))]


def around(source: str, called: str) -> set[tuple[str, str]]:
    """For every call of `called`: the function it stands in, and what is done with its value at once."""
    found = set()
    tree = ast.parse(source)
    above = {id(child): node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node, within in scoped(tree):
        if isinstance(node, ast.Call) and last(node.func) == called:
            user = above[id(node)]
            use = dotted(user.func) if isinstance(user, ast.Call) else type(user).__name__.lower()
            found.add((within, use))
    return found
