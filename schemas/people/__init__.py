"""Partijen as the gateway knows them, and the facts that are recorded about a leerling.

Persons are random references here. A fact is never changed and never removed: a later fact can count instead.
What a fact amounts to is decided in `consent`.
"""
