"""The zone as a map: its roads and place names, the operator's base map, and a drawing for browsers without WebGL."""
