"""The same questions asked of other engines, over the same reads: DuckDB, chDB and PostgreSQL with a naive schema."""
