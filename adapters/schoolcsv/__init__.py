"""CSV of a school system, read with a column mapping that the school declares."""
