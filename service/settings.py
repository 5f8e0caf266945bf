"""Settings: read once, at the door, from TANHUI_* variables; a misspelt one stops the start."""

import os
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "TANHUI_"
NOT_SETTINGS = frozenset({"TANHUI_TESTS_REQUIRE", "TANHUI_SHARED"})
"""Variables that only the tests read."""

SECRET_BYTES_MIN = 32


class SettingsError(Exception):
    """The environment does not describe a service that can be started."""


def default_data_dir() -> Path:
    """Return where the embedded database lives: the user's data folder, or the system's for root."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/tanhui")
    return Path(platformdirs.user_data_dir("tanhui"))


class Settings(BaseSettings):
    """Everything that differs between one installation and another."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    mode: Literal["development", "production"] = Field(
        default="development", description="production refuses development conveniences"
    )
    data_dir: Path = Field(default_factory=default_data_dir, description="folder of the embedded database")
    database_url: SecretStr | None = Field(
        default=None, description="PostgreSQL >= 16 to use instead of the embedded one; the restricted role"
    )
    owner_database_url: SecretStr | None = Field(
        default=None, description="the same database as its owner; only `tanhui migrate` uses it"
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="master secret, at least 32 bytes; in development made once and kept in data_dir",
    )
    public_url: str = Field(default="http://127.0.0.1:8000", description="address under which people reach us")
    bind: str = Field(default="127.0.0.1:8000", description="address that gunicorn listens on")
    web_processes: int = Field(default=2, ge=1, le=64, description="gunicorn processes")
    web_threads: int = Field(default=4, ge=1, le=64, description="threads in each process")
    clock_offset_s: int = Field(default=0, description="development only: shifts the service's clock")
    log_format: Literal["console", "json"] = Field(default="json", description="how log lines are written")
    sms_url: str | None = Field(default=None, description="SMS gateway that takes signed JSON; production only")
    sms_key: SecretStr | None = Field(default=None, description="key that signs requests to the SMS gateway")

    @property
    def development(self) -> bool:
        """Tell whether development conveniences are on."""
        return self.mode == "development"


def read_settings() -> Settings:
    """Read and check the settings.

    Raises:
        SettingsError: A variable is misspelt, malformed, or must not be combined with another.
    """
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | NOT_SETTINGS
    # pydantic-settings passes over a misspelt variable in silence, so the names are compared here.
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)  # noqa: TID251
    if unknown:
        message = f"unknown settings: {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        raise SettingsError(message)
    try:
        settings = Settings()
    except ValueError as error:
        raise SettingsError(str(error)) from error
    _check_together(settings)
    return settings


def _check_together(settings: Settings) -> None:
    secret = settings.secret_key
    if secret is not None and len(secret.get_secret_value().encode()) < SECRET_BYTES_MIN:
        message = f"TANHUI_SECRET_KEY needs at least {SECRET_BYTES_MIN} bytes"
        raise SettingsError(message)
    if settings.development:
        return
    if settings.clock_offset_s:
        message = "TANHUI_CLOCK_OFFSET_S works in development mode only"
        raise SettingsError(message)
    missing = [
        f"{PREFIX}{name.upper()}"
        for name in ("database_url", "secret_key", "sms_url", "sms_key")
        if getattr(settings, name) is None
    ]
    if missing:
        message = f"production mode needs {', '.join(missing)}"
        raise SettingsError(message)
