"""What a person or system is shown of an exchange: views and explanations, without a value of a person.

These are the forms only. What each reader may see is decided in gateway/explain.
"""
