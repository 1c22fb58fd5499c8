"""An arrangement in motion: what happened in a zaak, what it comes to, and who may do what in it.

A zaak is a list of steps that only grows. What it is now is worked out from that list by a pure function, and
who is shown what of it by another. There is no text in it: words travel in messages.
"""
