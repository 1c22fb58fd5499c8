"""What an ouder or leerling may have and ask for himself, whoever his school is.

Everything here is found by his own id in the record of gezag of one partij: his own statements and what was
shared on them (`bewijzen`), what he asked (`avgverzoeken`) and all of it in one file (`alles`). What another
person said or asked is not there.
"""
