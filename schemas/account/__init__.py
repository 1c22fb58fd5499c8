"""What a leaf of the account says, and what is signed with it.

It holds ids, codes and field paths, and no value of a person. What is written here can never be taken back:
fields are only added, and never change their meaning.
"""
