"""What a person or system is shown of an exchange: views and explanations, without a value of a person."""
