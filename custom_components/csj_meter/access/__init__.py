"""Who may do what, in Home Assistant: the doors at which every caller asks, and who went through them."""
