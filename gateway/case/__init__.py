"""The recorded facts about one leerling: sealed, opened, and sorted for a decision.

It may open facts and identities, and no content of a message. It decides nothing: it holds what a decision is
taken on.
"""
