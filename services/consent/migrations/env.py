"""Runs the revisions on the connection of the service that starts."""

from infra.db.revisions import run_revisions

run_revisions()
