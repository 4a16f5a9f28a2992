"""Alerts in Home Assistant: one desk for the site, what it has to say, and who answers."""
