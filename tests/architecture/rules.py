"""House rules that neither import-linter nor ruff can express, as functions over source text.

To add one: write a check that yields (line, what is wrong), and put it in RULES with the paths where it
holds, the paths where it does not, and source text it must find and must let pass.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

Finding = tuple[int, str]
Check = Callable[[str], Iterator[Finding]]

PACKAGES = ("schemas", "consent", "adapters", "gateway")
LOOKED_AT = (*PACKAGES, "tests")
"""A rule holds in the packages unless its `where` names another place."""


@dataclass(frozen=True)
class Rule:
    """`where` and `except_in` are path patterns below the root; `*` also matches `/`."""

    name: str
    check: Check
    bad: tuple[str, ...]
    good: tuple[str, ...]
    where: tuple[str, ...] = tuple(f"{package}/*.py" for package in PACKAGES)
    except_in: tuple[str, ...] = ()

    def holds_for(self, path: str) -> bool:
        return any(fnmatch(path, p) for p in self.where) and not any(fnmatch(path, p) for p in self.except_in)


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a name or attribute chain; the part that is a name for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def last(node: ast.AST) -> str:
    """The last part of a name or attribute chain."""
    return dotted(node).rpartition(".")[2]


_DETOURS = {"__new__", "partial", "type"}


def makes(class_name: str) -> Check:
    """Finds a construction of `class_name`, also under another name, by inheritance or `object.__new__`."""

    def wrong(node: ast.AST) -> str | None:
        match node:
            case ast.Call(func=func) if last(func) == class_name:
                return f"makes a {class_name}"
            case ast.Call(func=func, args=args) if last(func) in _DETOURS:
                return f"makes a {class_name} by a detour" if class_name in map(last, args) else None
            case ast.ImportFrom(names=names) if any(a.name == class_name and a.asname for a in names):
                return f"{class_name} under another name"
            case ast.Assign(value=value) if last(value) == class_name:
                return f"{class_name} under another name"
            case ast.ClassDef(bases=bases) if class_name in map(last, bases):
                return f"inherits from {class_name}"
        return None

    def check(source: str) -> Iterator[Finding]:
        for node in ast.walk(ast.parse(source)):
            if what := wrong(node):
                yield node.lineno, what  # type: ignore[attr-defined]  # all five kinds have a place

    return check


def calls(*methods: str) -> Check:
    """Finds a call of a method by one of these dotted endings, such as `vault.open`, with or without `_`."""

    def check(source: str) -> Iterator[Finding]:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call):
                name = dotted(node.func).replace("._", ".").lstrip("_")
                if any(name == m or name.endswith("." + m) for m in methods):
                    yield node.lineno, f"calls {name}"

    return check


def imports(module: str) -> Check:
    """Finds an import of `module` or anything below it, the one through importlib included."""

    def ours(name: str | None) -> bool:
        return name is not None and (name == module or name.startswith(f"{module}."))

    def check(source: str) -> Iterator[Finding]:
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Import(names=names) if any(ours(alias.name) for alias in names):
                    yield node.lineno, f"imports {module}"
                case ast.ImportFrom(module=name, level=0) if ours(name):
                    yield node.lineno, f"imports {module}"
                case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]):
                    if last(func) in {"import_module", "__import__"} and ours(name):
                        yield node.lineno, f"imports {module} by name"
                case _:
                    pass

    return check


_CLOCKS = {"now", "utcnow", "today", "fromtimestamp", "time_ns", "monotonic", "monotonic_ns", "perf_counter"}


def reads_a_clock(source: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and (node.attr in _CLOCKS or dotted(node) == "time.time"):
            yield node.lineno, f"reads a clock: {dotted(node)}"
    yield from imports("time")(source)


def _everything(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(last(kind) in {"Exception", "BaseException"} for kind in kinds)


def _nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass | ast.Continue) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def swallows_everything(source: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and _everything(node.type) and all(map(_nothing, node.body)):
            yield node.lineno, "catches everything and does nothing"
        elif (
            isinstance(node, ast.Call) and last(node.func) == "suppress" and any(map(_everything, node.args))
        ):
            yield node.lineno, "suppresses everything"


_ENVIRONMENT = {"environ", "environb", "getenv", "getenvb"}


def reads_the_environment(source: str) -> Iterator[Finding]:
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Attribute(attr=name) if name in _ENVIRONMENT and dotted(node) == f"os.{name}":
                yield node.lineno, f"reads os.{name}"
            case ast.ImportFrom(module="os", names=names) if any(a.name in _ENVIRONMENT for a in names):
                yield node.lineno, "imports the environment"
            case _:
                pass


def makes_settings_at_import(source: str) -> Iterator[Finding]:
    """What runs at import: the module, class bodies, default arguments and decorators; no function bodies."""

    def at_import(node: ast.AST) -> Iterator[ast.AST]:
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            children: list[ast.AST] = [*node.decorator_list, *node.args.defaults]
            children += [d for d in node.args.kw_defaults if d is not None]
        elif isinstance(node, ast.Lambda):
            children = []
        else:
            children = list(ast.iter_child_nodes(node))
        for child in children:
            yield from at_import(child)

    for node in at_import(ast.parse(source)):
        if isinstance(node, ast.Call) and re.search(r"[Ss]ettings$", dotted(node.func)):
            yield node.lineno, f"makes settings at import: {dotted(node.func)}()"


_UNFINISHED = re.compile(r"\bTODO\b|\bFIXME\b|\braise NotImplementedError\b")


def unfinished(source: str) -> Iterator[Finding]:
    for number, line in enumerate(source.splitlines(), 1):
        if found := _UNFINISHED.search(line):
            yield number, found.group()


_READS = {"get", "pop", "setdefault", "getattr", "attrgetter", "next"}
"""Calls that look something up and take what to answer when it is not there."""


def _empty(node: ast.AST) -> bool:
    """None, an empty text or an empty collection: says "not there" and is nobody's expectation."""
    match node:
        case ast.Constant(value=value):
            return not value
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
        case _:
            return False


def _looks_up(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and last(node.func) in _READS


def _default(call: ast.Call) -> bool:
    """Whether a look-up brings its own answer."""
    name = last(call.func)
    if name not in _READS:
        return False
    own = [k.value for k in call.keywords if k.arg == "default"]
    at = {"getattr": 2, "setdefault": 1, "get": 1, "pop": 1, "next": 1}.get(name)
    own += call.args[at : at + 1] if at is not None else []
    return any(not _empty(value) for value in own)


def falls_back(source: str) -> Iterator[Finding]:
    """Finds every way in which what is absent can pass for what was expected.

    A look-up with a default, `found or expected`, `found if name in given else expected`,
    `in (None, expected)`, and two look-ups compared with each other: they are equal when neither is there.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call() if _default(node):
                yield node.lineno, "looks something up with a default"
            case ast.BoolOp(op=ast.Or(), values=values) if any(map(_looks_up, values[:-1])):
                yield node.lineno, "takes something else for what is absent"
            case ast.IfExp(test=ast.Compare(ops=[ast.In() | ast.NotIn()]), body=one, orelse=other):
                if not _empty(one) and not _empty(other):
                    yield node.lineno, "takes something else for what is absent"
            case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[ast.Tuple(elts=parts)]):
                if any(isinstance(p, ast.Constant) and p.value is None for p in parts):
                    yield node.lineno, "accepts what is absent as if it fitted"
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq(), *_], comparators=[right, *_]):
                if _looks_up(left) and _looks_up(right):
                    yield node.lineno, "compares two that may both be absent"
            case _:
                pass


def writes_a_leaf(source: str) -> Iterator[Finding]:
    """A test that checks proofs and spells a leaf of an exchange out itself, in its own words."""
    tree = ast.parse(source)
    if not any(
        isinstance(n, ast.ImportFrom) and "check_bewijs" in {a.name for a in n.names} for n in ast.walk(tree)
    ):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last(node.func) in {"leaf_hash", "LedgerEvent", "Leaf"}:
            yield node.lineno, "makes a leaf"


RULES = (
    Rule(
        "what checks a proof never falls back on what it expects",
        falls_back,
        bad=(
            "if leaf.get('uitwisselingId', expected) != expected: ...",
            "if (leaf.get('uitwisselingId') or expected) != expected: ...",
            "found = leaf.get('uitwisselingId') or leaf.get('uitwisseling') or expected",
            "found = leaf['id'] if 'id' in leaf else expected",
            "if key.leerlingid not in (None, named): ...",
            "if leaf.get('feit') != inhoud.get('id'): ...",
            "if seen.setdefault(size, checkpoint) != checkpoint: ...",
            "found = getattr(claims, 'kid', key.name)",
            "first = next(iter(names), expected)",
            "found = leaf.pop('id', default=expected)",
        ),
        good=(
            "found = leaf.get('uitwisseling')\nif not isinstance(found, str) or found != expected: ...",
            "row = next(rows, None)",
            "fields = blad if isinstance(blad, dict) else {}",
            "if 'bericht' in fields and fields['bericht'] != claims: ...",
            "told = a or b",
            "if soort in (RELEASE, WITHDRAWAL): ...",
        ),
        where=(
            "adapters/ledger/*.py",
            "adapters/local/anchor.py",
            "gateway/account/checkpoints.py",
            "gateway/register/convenant.py",
            "gateway/account/leveringsbewijs.py",
        ),
    ),
    Rule(
        "a test of a proof starts from a leaf that the gateway made",
        writes_a_leaf,
        bad=(
            "from gateway.wiring import check_bewijs\nx = leaf_hash(canonical({'uitwisselingId': 'x'}))",
            "from adapters.ledger.bewijs import check_bewijs\nx = Leaf(EventType.EXCHANGE_REQUESTED, b'{}')",
        ),
        good=(
            "from gateway.wiring import check_bewijs\nfrom tests import proofs\nx = proofs().leaves[0]",
            "from adapters.ledger.tree import leaf_hash\nx = leaf_hash(b'x')",
        ),
        where=("tests/*.py",),
    ),
    Rule(
        "only consent/minimise.py makes a Releasable",
        makes("Releasable"),
        bad=(
            "x = Releasable('id', 'opp', {}, ())",
            "import schemas.decision.decision as d\nx = d.Releasable('id', 'opp', {}, ())",
            "from schemas.decision.decision import Releasable as R\nx = R('id', 'opp', {}, ())",
            "R = Releasable",
            "x = object.__new__(Releasable)",
            "make = functools.partial(Releasable, 'id')",
            "class Mine(Releasable): ...",
        ),
        good=(
            "from schemas.decision.decision import Releasable\ndef deliver(r: Releasable) -> None: ...",
            "if isinstance(x, Releasable): ...",
        ),
        except_in=("consent/minimise.py",),
    ),
    Rule(
        "only schemas/decision/decision.py makes a Permit",
        makes("Permit"),
        bad=("x = Permit('id', frozenset())", "x = decision.Permit('id', frozenset())"),
        good=("def minimise(bericht: Bericht, permit: Permit) -> Releasable: ...", "x = d.permit"),
        except_in=("schemas/decision/decision.py",),
    ),
    Rule(
        "only the hand-over reads staged content and releases",
        calls("storage.content", "release", "open_content"),
        bad=(
            "x = await self.ports.storage.content(levering)",
            "x = await ctx.storage.content(levering)",
            "x = release(written, intent)",
            "x = open_content(vault, row, levering, sealed)",
        ),
        good=("x = storage.contents(levering)",),
        where=("gateway/*.py",),
        except_in=("gateway/exchange/hand_over.py",),
    ),
    Rule(
        "only the hand-over and the preview write a message out",
        calls("writer", "writer_for", "minimise", "gedeeld.write"),
        bad=(
            "x = self.standards.writer_for(partij)",
            "x = writer(releasable)",
            "x = minimise(inhoud, permit)",
            "x = gedeeld.write(releasable)",
        ),
        good=("x = self._minimised", "f(writer=self.writer)"),
        where=("gateway/*.py",),
        except_in=("gateway/exchange/hand_over.py", "gateway/exchange/preview.py"),
    ),
    Rule(
        "only the sealing, the case, the zaak and the rows of people open what is sealed",
        calls("vault.open"),
        bad=("x = self._vault.open(key, sealed, context)", "x = vault.open(key, sealed, context)"),
        good=("x = vault.seal(key, plain, context)", "x = path.open()"),
        where=("gateway/*.py",),
        except_in=(
            "gateway/exchange/sealing.py",
            "gateway/case/case.py",
            "gateway/zaak/bewaren.py",
            "gateway/identity/verzegeld.py",
            "gateway/toezicht/bron.py",
        ),
    ),
    Rule(
        "only adapters/xml/parser.py imports lxml",
        imports("lxml"),
        bad=(
            "import lxml",
            "import lxml.etree as E",
            "from lxml import etree",
            "from lxml.etree import parse",
            "def f():\n    from lxml import etree",
            "x = importlib.import_module('lxml.etree')",
        ),
        good=("from adapters.xml.parser import parse", "import lxmlish", "x = 'lxml'"),
        except_in=("adapters/xml/parser.py",),
    ),
    Rule(
        "schemas and consent read no clock",
        reads_a_clock,
        bad=(
            "import datetime as dt\nx = dt.datetime.now(dt.UTC)",
            "x = datetime.utcnow()",
            "x = date.today()",
            "import time\nx = time.time()",
            "from time import monotonic",
            "at: dt.datetime = Field(default_factory=dt.datetime.now)",
        ),
        good=("def decide(as_of: dt.datetime) -> bool:\n    return start <= as_of < end", "x = dt.time(12)"),
        where=("schemas/*.py", "consent/*.py"),
    ),
    Rule(
        "nothing catches everything and stays silent",
        swallows_everything,
        bad=(
            "try:\n    f()\nexcept Exception:\n    pass",
            "try:\n    f()\nexcept:\n    ...",
            "try:\n    f()\nexcept (ValueError, BaseException):\n    pass",
            "for x in y:\n    try:\n        f()\n    except Exception:\n        continue",
            "with contextlib.suppress(Exception):\n    f()",
        ),
        good=(
            "try:\n    f()\nexcept FileNotFoundError:\n    pass",
            "try:\n    f()\nexcept Exception as error:\n    raise RecordUnavailable from error",
            "with contextlib.suppress(FileNotFoundError):\n    f()",
        ),
    ),
    Rule(
        "only gateway/runtime/settings.py reads the environment",
        reads_the_environment,
        bad=("import os\nx = os.environ['A']", "x = os.getenv('A')", "from os import environ"),
        good=("import os\nos.fsync(fd)", "x = settings.environment"),
        except_in=("gateway/runtime/settings.py",),
    ),
    Rule(
        "no settings are made at import",
        makes_settings_at_import,
        bad=(
            "settings = Settings()",
            "class A:\n    settings = Settings()",
            "def f(settings=Settings()): ...",
            "settings = config.load_settings()",
            "if True:\n    settings = get_settings()",
        ),
        good=("def create_app(settings: Settings) -> App: ...", "def main():\n    return Settings()"),
    ),
    Rule(
        "nothing is left for later",
        unfinished,
        bad=(
            "x = 1  # TODO: more",
            "def f():\n    raise NotImplementedError",
            "# FIXME",
        ),
        good=("todo_list = 1", "x = 'toDo'", "return NotImplemented", "except NotImplementedError:"),
    ),
)
