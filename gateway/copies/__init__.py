"""Copies of messages that go their own way (iJw): read beside the line, told as one state, and dropped.

It never sends, repeats or changes such a message, and stores nothing of it: what a school may hear of it goes
in as any answer does, and is decided there.
"""
