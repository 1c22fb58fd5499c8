"""The decision: who must agree, what is needed, and what therefore leaves. Pure: no clock, no I/O, no log."""
