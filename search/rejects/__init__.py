"""Rejects: what could not be stored, why, what to do about it; opened by few, decoded again on request."""
