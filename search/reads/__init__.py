"""Passages: the search, one read in full and its pictures."""
