"""Journeys: one vehicle's reads in order on the road network."""
