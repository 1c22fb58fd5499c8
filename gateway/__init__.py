"""The gateway: it takes messages in, decides, keeps the account and hands over, through ports.

Every room tells in its `__init__.py` what it does and what it may not do. Arrows between the rooms go down
only (docs/rooms.md). Nothing in here but `wiring` knows an adapter.
"""
