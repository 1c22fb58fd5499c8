"""The script `run`, in a folder of its own with a stand-in for Python and uv: which steps it takes and when.

That the real set-up works is shown by every run of the test command, which begins with it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# Answers like Python where the script only asks; writes down what would install or build something.
STUB = """#!/bin/sh
case "$*" in
    *'sys.version_info < (3, 11)'*) [ ! -e "{box}/old-$(basename "$0")" ] ;;
    *'import venv, ensurepip'*) [ ! -e "{box}/no-ensurepip" ] ;;
    *'import adapters'*) : ;;
    *'-m venv'*)
        echo "venv" >>"{box}/log"
        [ ! -e "{box}/no-venv" ] || exit 1
        sleep "$(cat "{box}/slow" 2>/dev/null || echo 0)"
        for last in "$@"; do :; done
        rm -rf "$last" && mkdir -p "$last/bin"
        cp "{box}/stub" "$last/bin/python"
        for name in uv ozlijn; do cp "{box}/$name" "$last/bin/$name"; done ;;
    *'-m pip config'*) exit 1 ;;
    *'-m pip'*) echo "pip $*" >>"{box}/log"; [ ! -e "{box}/no-pip" ] ;;
    *) exec "{python}" "$@" ;;
esac
"""
UV = """#!/bin/sh
echo "uv $*" >>"{box}/log"
{{
    echo "home=$UV_CACHE_DIR "
    echo "index=$UV_DEFAULT_INDEX target=$UV_TARGET$PIP_TARGET path=$PYTHONPATH"
}} >>"{box}/uv-env"
[ ! -e "{box}/no-uv" ]
"""
OZLIJN = """#!/bin/sh
printf '<%s>' "$(pwd)" "$@"
exit 7
"""
_HOLD = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print(flush=True)
input()
"""
TOOLS = ("awk", "basename", "cat", "cp", "dirname", "head", "mkdir", "mv", "readlink", "rm", "sleep", "sh")


class Box:
    """A clone in a path with a space, and the folder with everything that is on PATH."""

    def __init__(self, root: Path, at: Path) -> None:
        self.at = at
        self.clone = at / "my clone"
        self.path = at / "bin"
        self.home = at / "home"
        for folder in (self.clone, self.path, self.home):
            folder.mkdir()
        for name in ("run", "pyproject.toml", "requirements.lock"):
            shutil.copy(root / name, self.clone)
        for tool in TOOLS:
            found = shutil.which(tool)
            assert found
            (self.path / tool).symlink_to(found)
        for name, text in (("stub", STUB), ("uv", UV), ("ozlijn", OZLIJN)):
            (at / name).write_text(text.format(box=at, python=sys.executable), encoding="utf-8")
            (at / name).chmod(0o755)

    def python(self, name: str = "python3") -> None:
        (self.path / name).symlink_to(self.at / "stub")

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.clone / "run", *arguments],
            cwd=self.at,
            env={"PATH": str(self.path), "HOME": str(self.home), **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **env: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **env)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def log(self) -> list[str]:
        """What was installed or built since the last look."""
        path = self.at / "log"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def uv_saw(self) -> str:
        return (self.at / "uv-env").read_text(encoding="utf-8")

    @property
    def stamp(self) -> Path:
        return self.clone / ".venv" / "ozlijn-stamp"


@pytest.fixture
def box(root: Path, tmp_path: Path) -> Box:
    return Box(root, tmp_path)


def test_without_arguments_it_explains_itself(box: Box) -> None:
    """Without a command it says in Dutch what it can do, and makes nothing."""
    code, out, err = box.run()
    assert (code, err) == (0, "")
    assert "./run OPDRACHT" in out
    assert not (box.clone / ".venv").exists()


def test_without_python_it_says_what_to_install(box: Box) -> None:
    """No Python at all is exit 3 with the version that is needed."""
    code, out, err = box.run("demo")
    assert (code, out) == (3, "")
    assert "Python 3.11" in err


def test_an_old_python_is_passed_over(box: Box) -> None:
    """The first Python that is new enough is taken; when all are too old that is exit 3."""
    box.python()
    (box.at / "old-python3").touch()
    assert box.run("demo")[0] == 3
    box.python("python3.12")
    code, _, err = box.run("demo")
    assert code == 7
    assert "python3.12" in err


def test_without_venv_it_names_the_package(box: Box) -> None:
    """A Python that cannot make environments is exit 3 with the package of that very version."""
    box.python()
    (box.at / "no-ensurepip").touch()
    code, _, err = box.run("demo")
    assert code == 3
    assert f"python{sys.version_info.major}.{sys.version_info.minor}-venv" in err
    assert not (box.clone / ".venv").exists()


def test_the_command_gets_its_arguments_and_keeps_its_exit_code(box: Box) -> None:
    """Arguments arrive unchanged in the caller's folder; output and exit code are the command's alone."""
    box.python()
    code, out, err = box.run("apply", "a b.toml", "*", "")
    assert (code, out) == (7, f"<{box.at}><apply><a b.toml><*><>")
    assert "[1/3]" in err


def test_set_up_happens_once_and_installs_only_what_is_hashed(box: Box) -> None:
    """The first run installs by the lock file with hashes, uv included; the next does and says nothing."""
    box.python()
    box.run("demo")
    venv, uv, sync, editable = box.log()
    assert venv == "venv"
    assert "--require-hashes" in uv
    assert "pip sync" in sync
    assert "--require-hashes requirements.lock" in sync
    assert "--no-deps --no-build-isolation" in editable
    pinned = (box.clone / ".venv" / "uv.txt").read_text(encoding="utf-8")
    assert pinned.startswith("uv==")
    assert pinned.count("==") == 1
    assert "--hash=sha256:" in pinned
    assert box.run("demo") == (7, f"<{box.at}><demo>", "")
    assert box.log() == []


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_change_is_installed_in_place(box: Box, changed: str) -> None:
    """After a change of lock file or pyproject the packages are refreshed without throwing .venv away."""
    box.python()
    box.run("demo")
    box.log()
    with (box.clone / changed).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert box.run("demo")[0] == 7
    log = box.log()
    assert "venv" not in log
    assert any("pip sync" in line for line in log)


def test_a_moved_clone_starts_anew(box: Box) -> None:
    """Scripts in .venv hold their path, so a clone that was moved makes its environment again."""
    box.python()
    box.run("demo")
    box.log()
    box.clone = box.clone.rename(box.at / "elsewhere")
    assert box.run("demo")[0] == 7
    assert box.log()[0] == "venv"


def test_a_broken_interpreter_starts_anew(box: Box) -> None:
    """When the Python in .venv no longer runs, the environment is made again."""
    box.python()
    box.run("demo")
    box.log()
    (box.clone / ".venv" / "bin" / "python").write_text("#!/nowhere\n", encoding="utf-8")
    assert box.run("demo")[0] == 7
    assert box.log()[0] == "venv"


def test_without_uv_pip_installs_the_same(box: Box) -> None:
    """When uv fails, pip installs the lock file with its hashes."""
    box.python()
    (box.at / "no-uv").touch()
    assert box.run("demo")[0] == 7
    assert any(
        line.startswith("pip ") and line.endswith("--require-hashes -r requirements.lock")
        for line in box.log()
    )


def test_a_failed_set_up_says_which_step_and_is_done_again(box: Box) -> None:
    """A failing install is exit 3 naming its step, leaves no stamp, and the next run starts from nothing."""
    box.python()
    (box.at / "no-uv").touch()
    (box.at / "no-pip").touch()
    code, out, err = box.run("demo")
    assert (code, out) == (3, "")
    assert "stap 2 van 3" in err
    assert not box.stamp.exists()
    (box.at / "no-uv").unlink()
    (box.at / "no-pip").unlink()
    box.log()
    assert box.run("demo")[0] == 7
    assert box.log()[0] == "venv"


def test_a_failed_refresh_is_done_again_from_nothing(box: Box) -> None:
    """When a refresh breaks off, the packages may be half replaced: the next run does not trust them."""
    box.python()
    box.run("demo")
    with (box.clone / "requirements.lock").open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    (box.at / "no-uv").touch()
    (box.at / "no-pip").touch()
    assert box.run("demo")[0] == 3
    (box.at / "no-uv").unlink()
    (box.at / "no-pip").unlink()
    box.log()
    assert box.run("demo")[0] == 7
    assert box.log()[0] == "venv"


def test_a_failed_removal_is_not_trusted(box: Box) -> None:
    """The stamp goes before the old environment is cleared, which may break off halfway."""
    box.python()
    box.run("demo")
    (box.at / "no-venv").touch()
    (box.clone / ".venv" / "bin" / "python").write_text("#!/nowhere\n", encoding="utf-8")
    code, _, err = box.run("demo")
    assert code == 3
    assert "stap 1 van 3" in err
    assert not box.stamp.exists()


def test_two_at_once_set_up_once(box: Box) -> None:
    """When two start together, one makes the environment and the other waits for it and uses it."""
    box.python()
    (box.at / "slow").write_text("1", encoding="utf-8")
    both = [box.start("demo") for _ in range(2)]
    said = [process.communicate(timeout=60)[1] for process in both]
    assert [process.returncode for process in both] == [7, 7]
    log = box.log()
    assert log.count("venv") == 1
    assert sum("pip sync" in line for line in log) == 1
    assert sum("wacht op een andere" in err for err in said) == 1


def test_a_killed_set_up_leaves_no_lock(box: Box) -> None:
    """The lock goes with the process that held it: after kill -9 the next run just works."""
    box.python()
    command = [sys.executable, "-c", _HOLD, str(box.clone / ".venv.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        waiting = box.start("demo")
        assert waiting.stderr
        assert "wacht op een andere" in waiting.stderr.readline()
        holder.kill()
    assert "[1/3]" in waiting.communicate(timeout=60)[1]
    assert waiting.returncode == 7


@pytest.mark.parametrize("home", ["", "absent"])
def test_no_home_is_needed(box: Box, home: str) -> None:
    """Without a usable home the caches go below .venv, and no home is made."""
    box.python()
    assert box.run("demo", HOME=home and str(box.at / home))[0] == 7
    assert f"home={box.clone}/.venv/cache/uv " in box.uv_saw()
    assert not (box.at / "absent").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write to a closed folder")
def test_a_closed_home_is_left_alone(box: Box) -> None:
    """A home that may not be written is treated as none."""
    box.python()
    box.home.chmod(0o500)
    assert box.run("demo")[0] == 7
    assert f"home={box.clone}/.venv/cache/uv " in box.uv_saw()


def test_a_usable_home_keeps_the_downloads(box: Box) -> None:
    """With a home to write to, uv chooses its own cache there."""
    box.python()
    assert box.run("demo")[0] == 7
    assert "home= " in box.uv_saw()


def test_noise_is_dropped_and_the_index_kept(box: Box) -> None:
    """What would send the install elsewhere is dropped; where packages come from is the user's choice."""
    box.python()
    noise = {
        "PYTHONPATH": "/x",
        "PYTHONHOME": "/x",
        "UV_TARGET": "/x",
        "PIP_TARGET": "/x",
        "VIRTUAL_ENV": "/x",
    }
    assert box.run("demo", **noise, PIP_INDEX_URL="https://index.example/simple")[0] == 7
    assert "index=https://index.example/simple target= path=\n" in box.uv_saw()
    assert "index.example" not in "".join(box.log())


def test_it_works_through_a_link(box: Box) -> None:
    """A symbolic link to the script, from anywhere, finds the clone it belongs to."""
    box.python()
    link = box.at / "oz"
    link.symlink_to("my clone/run")
    done = subprocess.run([link, "demo"], env={"PATH": str(box.path)}, capture_output=True, check=False)
    assert done.returncode == 7
    assert box.stamp.exists()


@pytest.mark.parametrize("name", ["requirements.lock", "deploy/requirements-run.lock"])
def test_the_lock_file_has_hashes_and_no_host(root: Path, name: str) -> None:
    """Every pinned package has a hash, and no registry is named: any index will do."""
    text = (root / name).read_text(encoding="utf-8")
    pinned = [entry for entry in text.split("\n") if "==" in entry and not entry.startswith((" ", "#"))]
    hashed = text.replace("\\\n", "").split("\n")
    assert len(pinned) > 20
    assert all("--hash=sha256:" in line for line in hashed if line and not line.lstrip().startswith("#"))
    assert "://" not in text
