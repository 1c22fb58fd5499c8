"""Partijen as the gateway knows them, and the facts that are recorded about a leerling.

Persons are random references here, and facts are never changed: a later one counts.
"""
