"""The recorded facts about one leerling: sealed, opened, and sorted for a decision.

`case` makes a `Case` of a leerling: who has gezag, who said what, which grounds and weighings there are.
`lookalikes` finds the leerlingen of the same partij whose ids nobody can tell from his.

It may open facts and identities, and no content of a message. It decides nothing: it holds what a decision is
taken on.
"""
