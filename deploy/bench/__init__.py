"""Measurements of the whole product on one machine: `python -m deploy.bench`. A benchmark is not a test."""
