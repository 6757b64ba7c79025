"""PROGRAM: receives plate reads, stores them, then acknowledges them."""
