"""The gateway over HTTP: who calls, how large, which key, and from a result to an answer.

One file per group of routes, each with a table of routes and the functions behind them. A route authenticates
before it reads the body, calls one use case, and turns the result or the error into an answer (`problems`).

It may not decide, open what is sealed or write to the store, because the rooms below do that. The only bytes
of a message that leave are those that a hand-over or a preview returned.
"""
