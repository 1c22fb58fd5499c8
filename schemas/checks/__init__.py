"""Rules for a message beyond its form: the plan of a school, and an arrangement.

Each rule finds what is odd and says where. A finding refuses nothing and decides nothing: a person looks at
it.
"""
