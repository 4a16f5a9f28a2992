"""Telemetry: samples by the minute, aggregates by the hour and day, on disk for months.

Knows nothing of Home Assistant. Everything here blocks, so callers run it in an executor.
"""
