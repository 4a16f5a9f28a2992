"""Claims about speed and memory: one folder each, run by ``script/benchmark NAME [--json]``.

Figures are ratios, measured in one run against a named peer or the theoretical floor.
"""
