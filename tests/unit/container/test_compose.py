"""What docker-compose.yml promises."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.local.services import SERVICES

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: Mapping[str, Any] = yaml.safe_load(TEXT)["services"]
OURS = [service.name for service in SERVICES]


@pytest.mark.parametrize("name", [*OURS, "topics"])
def test_our_containers_cannot_change_themselves(name: str) -> None:
    container = COMPOSE[name]

    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["tmpfs"]


@pytest.mark.parametrize("name", [*OURS, "topics", "postgres"])
def test_no_container_of_ours_has_a_user_unless_secrets_were_made(name: str) -> None:
    assert COMPOSE[name]["user"].startswith("${CAREERPULSE_UID:?run make secrets first}:")


def test_the_image_ends_as_a_user_who_is_not_root() -> None:
    lines = (ROOT / "infra" / "container" / "Dockerfile").read_text().splitlines()

    assert [line for line in lines if line.startswith("USER")] == ["USER $UID:$GID"]
    assert {line for line in lines if line.startswith("ARG")} == {"ARG UID=10001", "ARG GID=10001"}


def test_the_image_is_built_by_the_command_that_builds_anywhere() -> None:
    assert "RUN make install LOCK=run\n" in (ROOT / "infra" / "container" / "Dockerfile").read_text()


@pytest.mark.parametrize("name", [*OURS, "kafka", "postgres"])
def test_what_stays_up_is_asked_for_its_health(name: str) -> None:
    assert COMPOSE[name]["healthcheck"]["test"][0] == "CMD"
    assert COMPOSE[name]["restart"] == "unless-stopped"


def test_no_password_stands_in_the_file() -> None:
    assert not re.search(r"(?i)password(?!_file)\s*[:=]", TEXT)
    assert not re.search(r"://[^/\s]*:[^/\s]*@", TEXT)
    assert COMPOSE["postgres"]["environment"] == {"POSTGRES_PASSWORD_FILE": "/run/secrets/superuser"}


def test_each_container_sees_only_its_own_secrets() -> None:
    for name in OURS:
        mounted = [volume for volume in COMPOSE[name]["volumes"] if volume.startswith("./")]
        assert mounted == [f"./secrets/{name}:/run/secrets"]


def test_each_service_listens_where_it_always_does_and_is_published_to_this_machine_only() -> None:
    for service in SERVICES:
        assert COMPOSE[service.name]["environment"]["SERVICE_PORT"] == str(service.port)
        assert COMPOSE[service.name]["command"] == ["run", service.name]
    for container in COMPOSE.values():
        assert all(port.startswith("127.0.0.1:") for port in container.get("ports", ()))


def test_who_stores_has_a_database_of_its_own_and_who_does_not_has_none() -> None:
    for service in SERVICES:
        url = COMPOSE[service.name]["environment"].get("DATABASE_URL", "")
        assert (
            url.endswith(f"//careerpulse_{service.name}@postgres:5432/careerpulse_{service.name}") == service.stores
        )


def test_nobody_starts_before_the_topics_are_there() -> None:
    assert COMPOSE["consent"]["depends_on"]["topics"] == {"condition": "service_completed_successfully"}
    for name in ("audit", "scoring", "intake"):
        assert COMPOSE[name]["depends_on"]["consent"] == {"condition": "service_healthy"}
