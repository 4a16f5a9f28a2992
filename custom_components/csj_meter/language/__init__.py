"""In which words people are told anything: texts in each language, numbers and days as written there.

The texts are those of Home Assistant's translations; what is told, and when, is up to the other floors.
"""
