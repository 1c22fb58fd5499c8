"""Pages for people: what a person reads and fills in, in a browser.

A page holds no rule and never touches the store: it calls the same operation that a system calls, in process
and as the person who signed in (lijn.py), so every check and every neutral answer is made once. Each place is
one module with a table of its pages (bladen.py) and a folder of templates (sjablonen/).
"""
