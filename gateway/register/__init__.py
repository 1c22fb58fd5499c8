"""Who takes part and under which rules: partijen, profiles, convenanten and the values of a region.

`apply` puts a new version in from files, `partijen` and `regels` read what is there, and `convenant` reads
signed agreements. A file that is not right is refused as a whole, and a register that cannot be read lets
nothing through.

It decides about no message.
"""
