"""Consultations: stating why before asking."""
