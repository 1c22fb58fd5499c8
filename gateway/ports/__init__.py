"""What the exchange needs of the world, as Protocols. Adapters fit them by shape; wiring.py proves the fit.

All instants are aware UTC. Every method may raise RecordUnavailable when the store cannot be reached.
"""
