"""How close the bus comes to what a serial line can carry at all.

The peers: the arithmetic of the line itself (``csj_meter.bus.timing``), and Home Assistant's own
``modbus`` integration reading the same quantities of the same meter.
"""
