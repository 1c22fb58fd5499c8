"""The command `ozlijn`: for an operator, and for a person with a file and no gateway.

`main` holds the commands; each other file holds one of them, or what several share (`parts`).

It may use every room. It speaks Dutch to people. It starts no work at import, because a command that reads
one file must not load the whole gateway.
"""

import gc

# What a command loads stays until it ends: looking through all of it for garbage, again and again while it
# loads, is a tenth of what `serve` needs to start.
gc.set_threshold(50_000, 20, 20)
