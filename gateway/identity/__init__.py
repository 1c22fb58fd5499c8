"""Who is calling: tokens of systems, people who signed in, and what either may be used for.

A client proves itself with a key from the register and gets an access token; a request with that token gets a
`Caller`. A person proves himself at an issuer that the register names (oidc.py) and gets a session
(sessies.py); each request of it gets a `Caller` with that person in it, with the roles that he has then.

It knows the register, and nothing of messages, leerlingen or consent. It says who calls, and never whether
something may be shared.
"""
