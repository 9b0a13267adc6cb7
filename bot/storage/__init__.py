"""What is kept: one schema on SQLite and PostgreSQL, personal data sealed."""
