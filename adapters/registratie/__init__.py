"""What EDEXML, UWLR and CSV have in common: the registration of leerlingen as a school keeps it.

Only those three use it. It reads and checks; it sends nothing and keeps nothing.
"""
