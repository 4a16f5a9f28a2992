"""What comes from outside, malformed: a room per door. docs/fuzzing.md has the table of doors."""
