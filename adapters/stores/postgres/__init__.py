"""The store on PostgreSQL, for any number of gateways and workers at the same time.

`store` fits the storage port. A commit is one statement (commit.sql) that waiting changes share (`batch`,
`group`); leaves get their place in the ledger afterwards, by one process at a time (`sequencer`).

Nothing here may keep in memory what another process could change.
"""
