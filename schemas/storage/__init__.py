"""The values that cross the storage port: one change is one commit.

Nothing in it is specific to one engine.
"""
