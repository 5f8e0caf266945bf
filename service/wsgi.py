"""gunicorn's door: settings, context, application. Nothing else."""

from flask import Flask

from service import boot
from service.app import Parts, create_app
from service.logs import configure_logs
from service.settings import read_settings


def build() -> Flask:
    """Return the application as the environment describes it."""
    settings = read_settings()
    configure_logs(settings.log_format)
    parts = Parts(catalogue=boot.load_catalogue(), sms_gateway=boot.sms_gateway(settings))
    return create_app(boot.open_context(settings), parts)
