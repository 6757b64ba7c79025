"""The demo's story: roles, cases and searches with known answers."""
