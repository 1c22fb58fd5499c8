"""The command `ozlijn`: for an operator, and for a person with a file and no gateway.

It may use every room. It speaks Dutch to people, and it starts no work at import: a command that reads one
file must not load the whole gateway.
"""
