"""What every room may use and none is about: settings, log, counters, trying again, the server itself.

`settings` and `logs` are for every process, `settle` and `portions` are how work is tried again and divided,
`purging` forgets what had its time, and `proefklok` moves the clock of a sandbox.

It knows no message and no leerling. Nothing that is logged or counted here may hold a value of a person.
"""
