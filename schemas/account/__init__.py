"""What a leaf of the account says, and what is signed with it.

What is written here can never be taken back: fields are added and never change their meaning.
"""
