"""The overview for the shift: how cameras fare, reads now and usual, open hits, and what waits."""
