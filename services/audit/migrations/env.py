"""Runs the revisions on the connection of the service that starts."""

from infra.db.migrate import run_revisions

run_revisions()
