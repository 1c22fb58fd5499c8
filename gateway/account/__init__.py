"""What is written in the account, and what is proved with it: leaves, receipts, checkpoints, signed words.

A room above decides what happened; this room writes down that it happened and signs for it. It makes the
leaves (`leaves`), places and signs the account (`checkpoints`), answers with receipts (`receipts`), checks
what a recipient signed (`leveringsbewijs`, `signatures`), and notices rows that somebody else wrote
(`stamps`, `told`, `adoption`).

It knows nothing of consent, and it decides nothing. A leaf holds ids, codes and field paths; who was behind
it goes into a sealed detail. No value of a person is written here.
"""
