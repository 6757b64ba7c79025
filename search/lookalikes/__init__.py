"""Look-alike plates: which texts may be the plate asked for, with what probability and why."""
