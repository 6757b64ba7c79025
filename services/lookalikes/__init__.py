"""Look-alike plates: the probability that two texts are one plate. Pure but for `rows.py`; decision 0080."""
