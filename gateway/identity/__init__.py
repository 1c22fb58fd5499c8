"""Who is calling: tokens of systems, and what a token may be used for.

It knows the register, and nothing of messages, leerlingen or consent.
"""
