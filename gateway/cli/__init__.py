"""The command `ozlijn`: for an operator, and for a person with a file and no gateway.

`main` holds the commands; each other file holds one of them, or what several share (`parts`).

It may use every room. It speaks Dutch to people. It starts no work at import, because a command that reads
one file must not load the whole gateway.
"""
