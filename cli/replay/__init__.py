"""``script/replay``: what the engine would have found in a CSV file; without Home Assistant.

``docs/replay.md`` has the form of the file and of what comes out. The file is read and judged as a whole
before anything is replayed, so a mistake in its last line costs no half of an answer.
"""
