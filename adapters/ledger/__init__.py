"""The account as a tamper-evident log, in a pure library: tree, proofs, signed checkpoints and offline
checks.

It makes and checks what anybody can verify without trusting us: `tree`, `note` and `proof` hold the formats,
`verify` and `whole` check a whole account, `bewijs` checks one file.

It has no database and no network: a store hands in rows through small readers. It does not know what a line
is about, and decides nothing.
"""
