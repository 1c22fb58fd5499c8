"""What somebody at a partij is still writing, and what a partij calls its own leerlingen: sealed, and for its
own people alone.

Nothing here is a fact about a leerling, is decided on, or leaves the gateway: a concept becomes a message
only when it is sent as one, and a name is what stands on the pages of who gave it. This room keeps and opens;
it writes nothing in the account.
"""
