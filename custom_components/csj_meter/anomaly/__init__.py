"""What is wrong or unusual with a meter, its supply or its load: found in samples, one a minute.

No clock, no files, no Home Assistant: the same samples give the same findings, live and in a replay.
"""
