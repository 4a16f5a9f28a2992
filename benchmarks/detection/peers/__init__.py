"""What else might watch a meter: the rule that comes to mind first, Home Assistant's helpers, and libraries.

Each peer turns a load into a score that knows nothing of what comes later, so that its threshold can be
moved until all of them cost the same false alarms.
"""
