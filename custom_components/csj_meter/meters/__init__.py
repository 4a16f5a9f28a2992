"""What a meter is: quantities, profiles, identity, readings and the polling of them.

Stands on ``bus``; knows nothing of Home Assistant.
"""
