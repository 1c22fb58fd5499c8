"""UWLR 2.2, the SOAP messages that carry EDEXML objects between a school system and an application."""
