"""Zaken and overleggen: an arrangement in motion, each partner with his own key and sight of it.

What a zaak comes to is worked out in `schemas/zaak`, and what of the principles is open in `schemas/checks`.
Here it is stored, told in the account, and turned into what people must do. This room opens no message and
decides about none: a partner gets nothing by taking part.
"""
