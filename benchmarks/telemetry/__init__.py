"""How small telemetry is, how little it writes and how fast it is, beside what one would do without it.

The peers: one row of floats a sample in SQLite (``reference``), and the tables of Home Assistant's recorder
with the states of the same entities (``recorder``). The data are those of simulated three-phase meters.
"""
