"""A decision and what it rests on: outcome, reasons, fields that go and fields that stay home.

No value of a person, and no rule: the rules are in `consent`.
"""
