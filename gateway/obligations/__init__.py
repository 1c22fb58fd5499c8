"""What people must do because of what is recorded: questions, terms, working days, informing, reviewing.

`verzoeken` asks people for what is missing, `zonder_toestemming` follows up what went without toestemming,
`termijnen` escalates what is late, and `afhandelen` ends what only the partij itself can call done.

Each time a duty is derived anew from the facts, as a taak. This room stands below the exchange, which writes
these taken in its own commits. It may not change a levering.
"""
