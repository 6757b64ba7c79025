"""Sending hits to channels: what the outbox holds is claimed, sent, signed and marked; `python -m ingest deliver`."""
