"""Whose services consent calls, read from its settings: what holds the root key, the broker, the database. Pure."""

from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

_LOCAL = ("localhost", "local", "internal", "lan")


class Outside(msgspec.Struct, frozen=True):
    """A service of somebody else's, or of the operator's elsewhere: what for, where, and what it sees."""

    who: str
    purpose: str
    where: str
    sees: str


def outside(root_key: str, bootstrap: str, database_url: str) -> tuple[Outside, ...]:
    """Those that the settings name. A host without a domain, or on a private network, is the operator's own."""
    return (*_holder(root_key), *_broker(bootstrap), *_database(database_url))


def _holder(root_key: str) -> tuple[Outside, ...]:
    kind, _, rest = root_key.partition(":")
    if kind == "aws-kms":
        region = rest.partition("/")[0]
        sees = "the ids of organisations, from which it derives keys; no personal data"
        return (Outside("Amazon Web Services (KMS)", "holds the root key", region, sees),)
    if kind == "vault" and _is_outside(host := urlsplit(rest).hostname or ""):
        return (Outside(f"the operator of {host}", "keeps the root key (Vault)", host, "the root key"),)
    return ()


def _broker(bootstrap: str) -> tuple[Outside, ...]:
    hosts = [address.strip().rpartition(":")[0] for address in bootstrap.split(",")]
    sees = "sealed payloads, random aliases, ids of organisations, times"
    return tuple(
        Outside(f"the operator of {host}", "carries messages (Kafka)", host, sees)
        for host in dict.fromkeys(hosts)
        if _is_outside(host)
    )


def _database(url: str) -> tuple[Outside, ...]:
    host = urlsplit(url).hostname or ""
    if not url.startswith("postgres") or not _is_outside(host):
        return ()
    sees = "wrapped keys, keyed hashes, records of consent, sealed payloads"
    return (Outside(f"the operator of {host}", "keeps consent's database (PostgreSQL)", host, sees),)


def _is_outside(host: str) -> bool:
    host = host.strip("[]").rstrip(".").lower()
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and host.rpartition(".")[2] not in _LOCAL
