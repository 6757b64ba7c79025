"""Scores of the product's answers on a made-up world, the whole product running: `python -m deploy.score`."""
