"""What measurements mean to those who live behind a meter: state, trend, cost and tips.

Pure: facts in, insights out. The day is one of the facts, and no clock is asked: the same facts, the same
insights.
"""
