"""What cannot be run here is at least read: the image's and the compose file's words all name something real."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from service.settings import PREFIX, Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
KNOWN = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_the_image_copies_only_what_exists() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    sources = [source for line in copied for source in line.split()[:-1]]

    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert {"service", "schemas", "constraints.txt"} <= set(sources)


def test_the_image_does_not_run_as_root_and_pins_what_it_installs() -> None:
    instructions = re.findall(r"^([A-Z]+) ", DOCKERFILE, re.MULTILINE)
    after_user = instructions[len(instructions) - instructions[::-1].index("USER") - 1 :]

    assert "RUN" not in after_user
    assert "-c constraints.txt" in DOCKERFILE


@pytest.mark.parametrize(
    "text", [DOCKERFILE, (ROOT / "deploy" / "compose.yaml").read_text()], ids=["image", "compose"]
)
def test_every_setting_named_is_one(text: str) -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]+", text))

    assert named - KNOWN == set()


def test_only_the_migration_knows_the_owner() -> None:
    knows = [
        name
        for name, service in COMPOSE["services"].items()
        if "TANHUI_OWNER_DATABASE_URL" in service.get("environment", {})
    ]

    assert knows == ["migrate"]


def test_services_wait_for_what_they_need() -> None:
    services = COMPOSE["services"]

    assert services["web"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["worker"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert services["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}


def test_the_configuration_of_gunicorn_follows_the_settings() -> None:
    code = (
        f"import runpy; read = runpy.run_path({str(ROOT / 'deploy' / 'gunicorn.conf.py')!r}); print(read['bind'])"
    )
    environment = {**os.environ, "TANHUI_BIND": "0.0.0.0:9000"}

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("0.0.0.0:9000\n", "")
