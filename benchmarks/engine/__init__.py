"""What the engine costs: time for a minute, an hour and a day, memory, disk, and a restart."""
