"""What people must do because of what is recorded: questions, terms, working days, informing, reviewing.

A duty is derived anew from the facts each time, as a taak. It stands below the exchange, which writes these
taken in its own commits. It may not change a levering.
"""
