"""Step 2 of an exchange, one file per kind of message: from an envelope to a message in the shared schema.

`intakes` picks the kind, `envelope` finds the faults of the envelope itself, and every kind becomes an
`Intake`. All faults are reported at once, and nothing is stored.

It may not know what a standard looks like: that stays behind gateway/ports/standards. It decides nothing.
"""
