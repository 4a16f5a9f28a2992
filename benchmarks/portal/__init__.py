"""How soon the portal can be used on a slow phone, and how much of it such a phone has to load."""
