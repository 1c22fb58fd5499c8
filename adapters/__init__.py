"""Everything that has a shape of its own outside: standards of the field, stores, keys and files on a disk.

Each standard has a room that reads and writes its messages, `stores` keeps what the storage port promises,
`ledger` makes the account tamper-evident, `local` keeps files on one machine.

An adapter knows the schemas, and never the gateway or `consent`: it cannot decide anything. Only
`gateway.wiring` knows the adapters.
"""
