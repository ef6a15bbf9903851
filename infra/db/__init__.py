"""SQL engines, migrations and the outbox."""
