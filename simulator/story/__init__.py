"""The demo's story, told relative to now: cases, the people who work on them, and a past full of other traffic."""
