"""What a hundred meters cost a real Home Assistant: its start, its event loop, its processor.

Three processes: Home Assistant with our integration, the same without, and the meters. What the meters cost
is therefore in none of the figures.
"""
