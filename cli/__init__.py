"""The command line: scan a line, read a meter, serve a simulated one; without Home Assistant.

Uses the integration's own ``bus``, ``meters`` and ``simulator`` floors, and the
currencies of ``prepay``.
"""
