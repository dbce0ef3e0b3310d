"""SQL and nothing else: tables, units of work, the journal, read queries. SQLite and PostgreSQL."""
