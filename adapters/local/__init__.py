"""What one machine keeps in files: keys, the anchor of the account, the moved clock of a sandbox.

Files are written durably, or the write fails: after a crash a file holds what was there or what was written.
Content is opened here only by a caller who has the key and names what it is. It knows nothing of messages,
and decides nothing.
"""
