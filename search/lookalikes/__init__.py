"""Plates that may be meant although their text is another."""
