"""How an ouder or leerling comes in: an invitation of a school, and the link that is made of it once.

Who somebody is, is asked of the record of gezag at each request, so a view ends or changes on the day itself.
Nothing here decides what may be shared.
"""
