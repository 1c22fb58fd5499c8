"""The messages themselves in the shared schema, one file per subject, each field with its category.

A field without a category cannot leave: the label stands where the field does.
"""
