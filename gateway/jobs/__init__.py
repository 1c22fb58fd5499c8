"""What runs by itself beside the requests: the round of housekeeping, and signing checkpoints.

`housekeeping` does what time asks for, `holding` compares the rows with the account once a day, and `signing`
signs the account.

A job calls a use case and waits for the next time. It decides nothing itself. What goes wrong in it is logged
and tried again, so a job does not end by a fault. Only signing may end, and then it stops the gateway: an
account that cannot be signed must not grow.
"""
