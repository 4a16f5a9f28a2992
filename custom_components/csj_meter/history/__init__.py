"""Telemetry in Home Assistant: who writes the store, fills its gaps, and tells the statistics of hours."""
