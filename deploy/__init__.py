"""How the product is put on a machine: the embedded demo, servers for tests, settings for production."""
