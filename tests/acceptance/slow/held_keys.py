"""The keys that consent holds, read behind its back: in its database, with the secrets that open them."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from infra.crypto.root_key import NotUnwrapped, unwrap
from infra.crypto.root_keys.file import FileRootKey
from infra.crypto.subkeys import DOMAINS, derive
from infra.local.operator_calls import ask
from infra.local.services import Place
from tests.acceptance.waiting import until

_LIVING = text("SELECT alias, tenant, epoch, wrapped_key FROM persons WHERE state = 'active'")
_WINDOW_ENDS = text("UPDATE epochs SET ends_at = '2000-01-01T00:00:00Z' WHERE epoch = 1 AND ends_at IS NOT NULL")


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A living person's data key, and how it is held: wrapped under a secret, for a tenant."""

    tenant: str
    data_key: bytes
    wrapped: bytes

    def in_the_clear(self) -> dict[str, bytes]:
        """The data key and all that is ever derived from it, by name."""
        return {"data key": self.data_key} | {domain: derive(self.data_key, domain).key for domain in DOMAINS}


async def held_keys(place: Place) -> dict[str, HeldKey]:
    """The key of every living person, by alias. Raises NotUnwrapped where one does not open."""
    root, engine = FileRootKey(place.secrets), create_async_engine(place.databases["consent"])
    async with engine.connect() as connection:
        rows = (await connection.execute(_LIVING)).all()
    await engine.dispose()
    held = ((alias, tenant, root.tenant_key(epoch, tenant), bytes(wrapped)) for alias, tenant, epoch, wrapped in rows)
    return {alias: HeldKey(tenant, unwrap(key, wrapped, alias), wrapped) for alias, tenant, key, wrapped in held}


def opened(place: Place, keys: Mapping[str, HeldKey]) -> set[str]:
    """Whose key opens as it was wrapped, under any secret that there is."""
    root = FileRootKey(place.secrets)
    return {
        alias
        for alias, key in keys.items()
        if _opens([root.tenant_key(epoch, key.tenant) for epoch in root.epochs()], key.wrapped, alias)
    }


def _opens(tenant_keys: Iterable[bytes], wrapped: bytes, alias: str) -> bool:
    for tenant_key in tenant_keys:
        with suppress(NotUnwrapped):
            unwrap(tenant_key, wrapped, alias)
            return True
    return False


async def destroy_first_epoch(place: Place) -> None:
    """Rotate the root key and end the backup window at once; waits until consent has destroyed the first secret."""
    await ask(place.admin_socket("consent"), "POST", "/keys/rotation")
    engine = create_async_engine(place.databases["consent"])

    async def destroyed() -> bool:
        """The end is a time in the database, a window ahead; it is set back as soon as it is there."""
        async with engine.begin() as connection:
            await connection.execute(_WINDOW_ENDS)
        return 1 not in FileRootKey(place.secrets).epochs()

    await until(destroyed, bool, 120)
    await engine.dispose()
