"""The shared vocabulary: what a message, a person, a decision and an account entry are.

`messages` is what is exchanged, `people` who takes part and what is recorded about a leerling, `decision` an
outcome with its reasons, `exchange` what was sent and where it stands, `account` what is proved, `storage`
what a commit writes, `shown` what people read. `errors` and `events` list every way to fail and every line of
the log.

It imports nothing of ours and does no I/O, so that every other package may import it.
"""
