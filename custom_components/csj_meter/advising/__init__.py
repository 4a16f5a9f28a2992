"""``insights`` in Home Assistant: facts of each meter are gathered, and what they mean is kept at hand."""
