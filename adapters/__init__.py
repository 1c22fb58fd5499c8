"""Everything that has a shape of its own outside: standards of the field, stores, keys and files on a disk.

An adapter knows the schemas and never the gateway. Only `gateway.wiring` knows the adapters.
"""
