"""What the dialogues of ``config_flow`` are made of: steps, forms, and what is asked of a line."""
