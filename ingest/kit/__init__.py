"""The integrator's kit: what a message becomes, and what is right and wrong with a gateway."""
