"""The messages themselves in the shared schema, one file per subject, each field with its category.

X1 to X21 are the exchanges of the catalogue. In the docstring of a message, *least* names what it must hold
to be of use, and *must not carry* what has no field in it on purpose.

A field without a category cannot leave, so the label stands where the field does. A message knows nothing of
the standard it came from.
"""
