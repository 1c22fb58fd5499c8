"""Rules that a message is held to beyond its form: the plan of a school, and an arrangement.

Each finds what is odd and says where. A finding refuses nothing.
"""
