"""A region as files: reading them, what they change and for whom, and what the region in force is.

It decides nothing and stores nothing: it makes the one register that `gateway.register` applies in one
commit, so that nothing of a region is ever in force by half.
"""
