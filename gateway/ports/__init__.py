"""What the gateway asks of the world outside: to keep, to seal, to sign, to tell time, to read a standard.

Protocols and their contracts only. No room may be imported here, and no adapter: they meet in `wiring`.
All instants are aware UTC. Every method may raise RecordUnavailable when the store cannot be reached.
"""
