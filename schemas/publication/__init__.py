"""The published form of the schemas: JSON Schema, examples, and what a new version may not break."""
