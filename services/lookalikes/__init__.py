"""Which plate may have been meant: what cameras and people make of a text (pure)."""
