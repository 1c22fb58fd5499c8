"""What is exchanged and where it stands: envelope, levering with its states, taak, withdrawal notice.

It holds no content of a message: that is sealed apart. Which state may follow which is a table here, and
every write is checked against it.
"""
