"""gunicorn's configuration, computed from the settings; `tanhui serve` and deploy/gunicorn.conf.py use it."""

from service.settings import read_settings

_settings = read_settings()

bind = _settings.bind
workers = _settings.web_processes
threads = _settings.web_threads
worker_class = "gthread"
timeout = 60
graceful_timeout = 30
keepalive = 75
max_requests = 100_000
max_requests_jitter = 10_000
limit_request_line = 4_094
accesslog = None
errorlog = "-"
loglevel = "warning"
forwarded_allow_ips = "127.0.0.1"
