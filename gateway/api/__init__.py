"""The gateway over HTTP: who calls, how large, which key, and from a result to an answer.

One file per group of routes, each a table of routes and module functions. A route authenticates before it
reads, and calls one use case. It may not decide, open what is sealed or write to the store: those are rooms
below. The only bytes of a message that leave are those that a hand-over or a preview gave it.
"""
