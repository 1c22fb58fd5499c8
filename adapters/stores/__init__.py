"""Stores: in memory, in one SQLite file. The schema and its steps are shared."""
