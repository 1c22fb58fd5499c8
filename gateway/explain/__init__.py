"""What people read: of a levering, of a decision, of a toestemming, and a decision taken again.

`uitleg` explains a decision to one kind of reader, `views` shows each side an exchange, `vastgelegd` and
`toestemmingsbewijs` give back what was stated, and `naspelen` takes a decision again. The texts stand in
files beside it, in Dutch that most people can read.

It may read and never write: nothing here changes a state. A partij reads only what rests on facts of its own.
"""
