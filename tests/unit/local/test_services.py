"""What a service learns from its environment."""

from pathlib import Path

from infra.local.services import SERVICES, Place, environment

PLACE = Place(
    Path("/data"),
    Path("/run/cp"),
    "127.0.0.1",
    "127.0.0.1:9092",
    {"intake": 8080, "consent": 8081, "audit": 8082, "scoring": 8083},
    {"intake": "sqlite:///intake", "consent": "sqlite:///consent", "audit": "sqlite:///audit"},
    "apache",
)
SERVICE = {service.name: service for service in SERVICES}


def test_the_front_door_is_listed_last_so_that_it_ends_first() -> None:
    assert [service.name for service in SERVICES] == ["consent", "audit", "scoring", "intake"]


def test_the_address_of_another_store_does_not_reach_a_service_that_has_none() -> None:
    inherited = {"DATABASE_URL": "postgresql://elsewhere/all", "PATH": "/bin"}

    told = environment(SERVICE["scoring"], PLACE, inherited, {})

    assert "DATABASE_URL" not in told
    assert told["PATH"] == "/bin"


def test_what_is_asked_for_comes_before_what_is_usual() -> None:
    told = environment(SERVICE["intake"], PLACE, {}, {"SERVICE_HOST": "::1"})

    assert told["SERVICE_HOST"] == "::1"


def test_a_service_learns_which_broker_it_has_because_the_embedded_one_holds_little() -> None:
    assert environment(SERVICE["intake"], PLACE, {}, {})["BROKER"] == "apache"
