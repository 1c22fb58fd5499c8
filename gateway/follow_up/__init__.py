"""Step 7 of an exchange: everything that happens after a message was accepted.

`facts` records what people say and decides again in that same commit. `recipient`, `sender` and `time` are
the three who can move a levering on; `redeciding`, `held` and `steps` are what they use for it. `withdrawal`
tells a recipient that there is no toestemming any more for what he already received. `said` writes what the
account says of a fact.

It may not open content or hand anything out: that is in gateway/exchange/hand_over.py.
"""
