"""The tamper-evident log as a pure library: tree, proofs, signed checkpoints and offline checks.

No database and no network here; storage hands in rows through small readers.
"""
