"""How long it takes from a finding to the event that automations hear, beside what the disk alone takes."""
