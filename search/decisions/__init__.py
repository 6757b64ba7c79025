"""Decisions of the procureur des Konings: registering them, comparing them with their documents, revoking them."""
