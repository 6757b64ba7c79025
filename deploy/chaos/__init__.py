"""Random faults under load: what is published is stored, once, and the service comes back by itself. `make chaos`."""
