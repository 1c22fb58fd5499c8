"""The shared vocabulary: what a message, a person, a decision and an account entry are.

Imports nothing of ours and does no I/O. Every other package may import it.
"""
