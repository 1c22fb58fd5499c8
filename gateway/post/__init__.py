"""Mail without content: at whose address, when, and what happens when it does not arrive.

A mail says that something waits and where to sign in. About whom, from whom and what it is, it never says.
Nothing here decides what may be shared.
"""
