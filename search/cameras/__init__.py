"""Cameras: where they stand and how fresh their reads are."""
