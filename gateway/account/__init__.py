"""What is written in the account, and what is proved with it: leaves, receipts, checkpoints, signed words.

It knows nothing of consent, and it decides nothing: it says what others decided. A leaf holds ids, codes and
field paths; who was behind it goes into a sealed detail. No value of a person is written here.
"""
