"""What runs by itself beside the requests: the round of housekeeping, and signing checkpoints.

A job calls a use case and waits for the next time. It decides nothing itself, and what goes wrong in it is
logged and tried again: a job never ends by a fault.
"""
