"""`make fuzz`: coverage-guided hostile input for everything that reads bytes from outside."""
