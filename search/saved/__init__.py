"""Searches that an officer saved: questions by name, asked anew under the gate each time."""
