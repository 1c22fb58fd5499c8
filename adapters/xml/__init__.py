"""Reading and writing XML safely: the one place that parses, with bounds, against a schema.

`parser` is hardened against hostile input, `writer` writes in the order of the schema, `zips` opens one file
of a ZIP, `herkenning` tells how a document begins.

It knows no standard. Nothing outside this room may import lxml, and no fault holds a value from a document.
"""
