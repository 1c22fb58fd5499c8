"""A decision and what it rests on: outcome, reasons, fields that go and fields that stay home.

It holds no value of a person and no rule: the rules are in `consent`. A `Permit` and a `Releasable` are types
of their own, so that nothing can be handed out that was not decided and minimised.
"""
