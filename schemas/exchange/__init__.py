"""What is exchanged and where it stands: envelope, levering with its states, taak, withdrawal notice.

It holds no content of a message.
"""
