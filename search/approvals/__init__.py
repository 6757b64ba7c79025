"""Four eyes: asking a colleague to agree to a question about everybody, and agreeing (R19)."""
