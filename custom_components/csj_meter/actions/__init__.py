"""What automations and people can call; ``services`` registers it, ``services.yaml`` describes it."""
