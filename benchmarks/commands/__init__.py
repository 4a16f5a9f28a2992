"""How soon a command is on the wire while a line is polled as fast as it can be.

Compared with one poll transaction: a command may have to wait for the one that is under way, and
for no other.
"""
