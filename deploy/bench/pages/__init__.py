"""The bench of the pages: what the first one brings, how soon each answers and is painted, how smoothly maps move."""
