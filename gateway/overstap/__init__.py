"""A leerling goes to another school: two schools say of each other's records that they are about him.

The steps are facts in the record of the school that offers; what may go between the two is decided elsewhere,
per levering. It merges no records and copies no fact: it tells each school what it must ask again.
"""
