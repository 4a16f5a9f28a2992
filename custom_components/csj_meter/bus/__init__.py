"""One shared RS485 line or gateway: turns, timing, statistics, scan.

Knows unit ids and registers, not meters, and nothing of Home Assistant.
"""
