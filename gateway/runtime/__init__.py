"""What every room may use and none is about: settings, log, counters, trying again, the server itself.

It knows no message and no leerling. Nothing that is logged or counted here may hold a value of a person.
"""
