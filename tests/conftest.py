"""What every test may lean on: the same answer every time, and where the official samples are.

In the test command random searches draw the same examples each time, so that a failure is of the change that
is tested and not of chance. With --long they draw freely; what they find becomes a named example.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

pytest_plugins = ["tests.pgsession"]

ROOT = Path(__file__).resolve().parent.parent
STANDARDS = ROOT.parent / "shared" / "standards"
CASES = ROOT.parent / "shared" / "cases"

# No deadline: two workers share two cores, so the time of one example says nothing.
settings.register_profile(
    "short",
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long",
    settings.get_profile("short"),
    derandomize=False,
    database=DirectoryBasedExampleDatabase(ROOT / ".hypothesis" / "examples"),
    max_examples=2_000,
)


TOGETHER: Final = (
    "tests/browser/",  # one gateway, and in a file some tests go on where another ended
    "tests/faults/test_crash.py",  # kills and starts many processes
    "tests/faults/test_edge.py",  # measures memory
    "tests/faults/test_postgres_outages.py",  # one server that is stopped and started
)
"""Places whose tests are done by one worker, in order."""


def together(nodeid: str) -> str:
    """What is done by one worker with this test: its place, or the test alone.

    The groups of xdist itself do nothing with this version of pytest: it puts them in the name of a test,
    which cannot be changed any more.
    """
    return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hands out places first, the largest first, and then test by test."""
    # Here, because without -n it is not loaded.
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class ByPlace(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return together(nodeid)

    return ByPlace(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ozlijn")
    group.addoption(
        "--kills",
        type=int,
        default=None,
        metavar="N",
        help="how often the crash test kills on each store (50 on SQLite, 30 on PostgreSQL);"
        " 0 leaves the tests marked kill out",
    )
    group.addoption(
        "--long",
        action="store_true",
        help="also the tests marked slow and fuzz, and 2000 examples per property instead of 100",
    )
    group.addoption(
        "--stores",
        action="store_true",
        help="also on PostgreSQL the stories that otherwise run on the memory store only",
    )
    group.addoption("--bench", action="store_true", help="also what is marked bench; use it without -n")


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what runs in the background with SIGINT ignored, and every process a test starts would
    # inherit that: a test of stopping by SIGINT would wait in vain.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.load_profile("long" if config.getoption("--long") else "short")


def pytest_collection_finish() -> None:
    # The garbage collector is set as `serve` sets its own. Left as it comes, it walks everything that was
    # collected and imported again and again, a quarter of the processor time of the whole run.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def left_out(markers: set[str], *, kills: int | None, long: bool, bench: bool, stores: bool) -> bool:
    """Whether a test with these markers stays out of a run with these options."""
    return (
        (not stores and "stores" in markers)
        or (not long and not markers.isdisjoint({"slow", "fuzz"}))
        or (not bench and "bench" in markers)
        or (kills == 0 and "kill" in markers)
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    options = {
        "kills": config.getoption("--kills"),
        "long": config.getoption("--long"),
        "bench": config.getoption("--bench"),
        "stores": config.getoption("--stores"),
    }
    out = [item for item in items if left_out({m.name for m in item.iter_markers()}, **options)]
    if out:
        config.hook.pytest_deselected(items=out)
        left = set(items).difference(out)
        items[:] = [item for item in items if item in left]
    # Those that may take long go first: one that begins last keeps one worker busy and the others idle.
    items.sort(key=lambda item: -_bound(item))


def _bound(item: pytest.Item) -> int:
    """The seconds that a test says it may take, when that is longer than any may."""
    mark = item.get_closest_marker("timeout")
    return 0 if mark is None else max(0, mark.args[0] - 120)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def kills(pytestconfig: pytest.Config) -> int | None:
    """How often a crash test kills on each store, if that was said."""
    found: int | None = pytestconfig.getoption("--kills")
    return found


@pytest.fixture(scope="session")
def standard() -> Callable[[str], Path]:
    """`standard("oso/...")`: the path of an official file or folder; skips the test when it is not there."""

    def find(name: str) -> Path:
        path = STANDARDS / name
        if not path.exists():
            pytest.skip(f"official file {name} is not beside this checkout")
        return path

    return find


@pytest.fixture
def release_0_1_0(tmp_path: Path) -> Path:
    """The database that release 0.1.0 left, with `keys/` beside it (tests/release_data.py)."""
    from tests.release_data import restore  # loads the gateway, and few tests need that

    return restore(tmp_path)


@pytest.fixture(scope="session")
def case_file() -> Callable[[str], Path]:
    """`case_file("reports/...")`: a kept input that once failed; skips the test when it is not there."""

    def find(name: str) -> Path:
        path = CASES / name
        if not path.exists():
            pytest.skip(f"kept case {name} is not beside this checkout")
        return path

    return find
