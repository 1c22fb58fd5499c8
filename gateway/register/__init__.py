"""Who takes part and under which rules: partijen, profiles, convenanten and the values of a region.

It parses what was applied and puts new versions in. What does not hold is refused as a whole, and a
register that cannot be read lets nothing through. It decides about no message.
"""
