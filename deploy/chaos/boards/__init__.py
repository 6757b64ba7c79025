"""Boards while what they stand on is killed: every event reaches each of them, once. `make chaos-boards`."""
