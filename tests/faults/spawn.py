"""A process that has loaded the gateway once and forks every `ozlijn` that a test starts.

Loading is most of a start and no part of what these tests are about; the rest is what `ozlijn` does. On the
socket that it gets come files by three: a connection, and where the lives of that connection write their
output and their errors. A fork serves each: it reads JSON lines of arguments, environment and folder, and
answers with the process id, and with the wait status when that has ended. All of it ends when the other side
is gone.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import signal
import socket
import sys
import tempfile
import threading
from importlib import import_module
from typing import NoReturn

import adapters.stores.postgres.migrate
import adapters.stores.sqlite.migrate  # noqa: F401 - so that no fork loads it
import gateway.app
import gateway.cli.main
import gateway.runtime.logs
import gateway.runtime.server
import gateway.runtime.settings
import gateway.wiring
import gateway.wiring_files
import gateway.worker
from schemas.base import build_all


def main(number: int) -> None:
    asked = socket.socket(fileno=number)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who serve
    build_all()
    for command in pkgutil.iter_modules(gateway.cli.__path__):  # which load when they are called
        import_module(f"gateway.cli.{command.name}")
    gc.freeze()  # so that no fork copies what is loaded
    while True:
        _, found, _, _ = socket.recv_fds(asked, 1, 3)
        if not found:
            return
        if os.fork() == 0:
            asked.close()
            serve(*found)
            return
        for each in found:
            os.close(each)


def serve(connection: int, out: int, err: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with open(connection, "rb", buffering=0) as lines:
        while line := lines.readline():
            asked = json.loads(line)
            child = os.fork()
            if child == 0:
                os.dup2(out, 1)
                os.dup2(err, 2)
                tempfile.tempdir = None  # the environment says where
                os.chdir(asked["folder"])
                os.environ.clear()
                os.environ.update(asked["environment"])
                sys.argv = ["ozlijn", *asked["words"]]
                end(run())
            os.write(connection, b"%d\n" % child)
            _, status = os.waitpid(child, 0)
            os.write(connection, b"%d\n" % status)


def run() -> int:
    try:
        gateway.cli.main.main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def end(code: int) -> NoReturn:
    """As the interpreter ends, but for taking apart everything that was loaded: that copies every page of it,
    and takes longer than most commands.
    """
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads, as the end of the interpreter does
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main(int(sys.argv[1]))
