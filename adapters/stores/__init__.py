"""Stores: in memory, in one SQLite file, in one PostgreSQL database. The schema and its steps are shared.

Each of them keeps the contract in gateway/ports/storage.py, and one suite holds for all (tests/contract).
`chosen` picks the engine by its address, `changes` checks a Change before any engine writes it, `migrations`
holds the steps of the schema.

A store opens nothing and decides nothing: content and facts are ciphertext to it. No text of a database error
leaves it, because that may quote a stored value.
"""
