"""The hits: their board, its stream, one hit, the handover between shifts, pictures, following them up."""
