"""What a meter can be told: each command is checked on the meter before it counts as done.

A command is written once and never repeated blindly; what the meter then says decides. All
commands of this package speak the CSJ reference map (docs/register-map.md, sections 7 to 9).
"""
