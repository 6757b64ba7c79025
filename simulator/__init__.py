"""PROGRAM: cameras that are not there, with the ground truth of what they should have seen."""
