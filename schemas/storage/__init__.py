"""The values that cross the storage port: one change is one commit.

They live here because adapters may not import the gateway. Nothing in them is specific to one engine, and
nothing in them decides.
"""
