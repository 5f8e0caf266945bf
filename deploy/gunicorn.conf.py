"""gunicorn's configuration; the values come from the TANHUI_* settings."""

from service.serving import (  # noqa: F401 - gunicorn reads these names
    accesslog,
    bind,
    errorlog,
    forwarded_allow_ips,
    graceful_timeout,
    keepalive,
    limit_request_line,
    loglevel,
    max_requests,
    max_requests_jitter,
    threads,
    timeout,
    worker_class,
    workers,
)
