"""ANPR-acties: making and ending them, the board at the roadside, what is reported there, the report afterwards."""
