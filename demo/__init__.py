"""The demo: a real Home Assistant on this machine, with six simulated meters and a month of history.

It is set up the way a person would do it, through Home Assistant's own interfaces: onboarding,
configuration flow, dashboard and statistics. Nothing is written into its storage by hand except
where it must listen (loopback only) and what would reach for the internet.
"""
