"""The practices of regions: what each asks of the line, what the line can do of it, and files that play one.

Data that is checked when it is loaded. Nothing here decides, sends or keeps anything: what the line can do is
asked of the rules themselves, and a practice is played by gateway/cli over HTTP, as any client would.
"""
