import os

import pytest

from service.settings import Settings, SettingsError, read_settings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TANHUI_"):
            monkeypatch.delenv(name)


def test_a_misspelt_variable_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANHUI_DATABSE_URL", "postgresql://x")

    with pytest.raises(SettingsError, match="unknown settings: TANHUI_DATABSE_URL; known are"):
        read_settings()


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("TANHUI_MODE", "producton", "mode"),
        ("TANHUI_WEB_PROCESSES", "0", "web_processes"),
        ("TANHUI_WEB_THREADS", "many", "web_threads"),
        ("TANHUI_SECRET_KEY", "short", "at least 32 bytes"),
    ],
)
def test_a_malformed_value_stops_the_start(
    name: str, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError, match=complaint):
        read_settings()


def test_production_names_everything_it_still_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANHUI_MODE", "production")
    monkeypatch.setenv("TANHUI_SECRET_KEY", "k" * 32)

    with pytest.raises(SettingsError) as refused:
        read_settings()

    missing = "TANHUI_DATABASE_URL, TANHUI_SMS_URL, TANHUI_SMS_KEY"
    assert str(refused.value) == f"production mode needs {missing}"


def test_the_clock_is_shifted_in_development_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANHUI_CLOCK_OFFSET_S", "60")
    assert read_settings().clock_offset_s == 60

    monkeypatch.setenv("TANHUI_MODE", "production")
    with pytest.raises(SettingsError, match="development mode only"):
        read_settings()


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANHUI_SECRET_KEY", "a very secret key that is long enough")

    assert "very secret" not in repr(read_settings())


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
