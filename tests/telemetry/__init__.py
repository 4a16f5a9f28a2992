"""Tests of the telemetry floor."""
