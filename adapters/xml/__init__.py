"""Reading and writing XML safely: the one place that parses, with bounds, against a schema.

It knows no standard. Nothing outside this room may import lxml.
"""
