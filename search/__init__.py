"""PROGRAM: the API and the pages on which investigators ask their questions."""
