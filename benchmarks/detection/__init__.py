"""How well faults are found on the loads of real homes, and how often there is nothing to find.

Takes the folder with the data as an argument: the project has none of it.
"""
