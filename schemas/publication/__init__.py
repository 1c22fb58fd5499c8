"""The published form of the schemas: JSON Schema, examples, and what a new version may not break.

It reads only this package. What was released keeps its promise: a change that breaks one is found before it
goes out.
"""
