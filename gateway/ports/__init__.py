"""What the gateway asks of the world outside: to keep, to seal, to sign, to tell time, to read a standard.

Here stand Protocols and their contracts only, each split by who uses it: `storage`, `keys`, `clock`,
`standards`. An adapter fits a port without knowing it, and they meet in `wiring`.

No room may be imported here, and no adapter. All instants are aware UTC. Every method may raise
RecordUnavailable when the store cannot be reached.
"""
