"""The panel in a real browser: how soon a change is on its curve, and how long months take to draw."""
