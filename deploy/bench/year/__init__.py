"""A legal year of reads in the real schema, filled as fast as the machine can and kept for the next run."""
