"""The engine under the makers' profiles: a message becomes a document, and a table says which value is what."""
