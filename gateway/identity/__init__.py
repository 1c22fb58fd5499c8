"""Who is calling: tokens of systems, and what a token may be used for.

A client proves itself with a key from the register and gets an access token; a request with that token gets a
`Caller`.

It knows the register, and nothing of messages, leerlingen or consent. It says who calls, and never whether
something may be shared.
"""
