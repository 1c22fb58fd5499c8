"""What one machine keeps in files: keys, the anchor of the account, the moved clock of a sandbox.

Files are written durably, or the write fails. It knows nothing of messages.
"""
