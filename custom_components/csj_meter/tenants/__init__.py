"""Tenants in Home Assistant: who lives behind which meter, their statements, and what they are told."""
