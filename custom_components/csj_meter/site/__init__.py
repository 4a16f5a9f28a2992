"""What belongs to the whole site and to no meter alone: who may do what, and who did it."""
