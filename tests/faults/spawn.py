"""A process that has loaded the gateway and forks a life of it for every line it reads.

Loading is most of a start and no part of what a crash test is about; the rest is what `ozlijn` does. A line
is a JSON list of arguments; answered with the process id, and with the wait status when that has ended.
"""

from __future__ import annotations

import json
import os
import sys

import gateway.app
import gateway.cli.main
import gateway.runtime.logs
import gateway.runtime.server
import gateway.runtime.settings
import gateway.wiring
import gateway.worker


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.dup2(2, 1)
            sys.argv = ["ozlijn", *json.loads(line)]
            gateway.cli.main.main()
            return
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
