"""Gateways: registering them, and what came of their messages."""
