"""EDEXML 2.1, the file a school system exports for its leerlingen, groepen and leerkrachten."""
