"""What every program stands on: settings, database, tables, messages, plates, gate, audit, images."""
