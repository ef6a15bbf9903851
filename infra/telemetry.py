"""Structured logs on standard output. Nothing that a person wrote is ever a field of a log line."""

import logging
import sys

import structlog


def configure_logging(service: str) -> None:
    """One JSON object a line, with service, time, level and event."""
    logging.basicConfig(stream=sys.stdout, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.clear_contextvars()
    structlog.get_logger().info("starting", service=service)
