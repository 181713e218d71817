"""The log: one line of JSON per event on stderr, with tracebacks but never with the values of variables."""

import logging
import sys

import structlog


def set_up() -> None:
    """From here on this process logs that way. Events name routes, rows and kinds of faults, never addresses."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: structlog.WriteLogger(sys.stderr),
    )
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # it reports every form that arrives damaged
