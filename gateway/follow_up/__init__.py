"""Step 7 of an exchange: everything that happens after a message was accepted.

`facts` records what people say and decides again in that same commit; `recipient`, `sender` and `time` are
the three who can move a levering on; `withdrawal` tells who already has it. None of them may open content
or hand anything out.
"""
