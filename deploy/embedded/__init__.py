"""Servers that run inside the demo and the tests: PostgreSQL from a wheel, an MQTT broker on Node, Mosquitto."""
