"""The root key in AWS KMS: one HMAC key an epoch, which never leaves the service. Needs the extra `aws-kms`.

    alias/NAME-root-key-<epoch>   a key of spec HMAC_256; its end as a tag

A key of its own for each epoch and no data key stored under a common one: copies of a wrapped data key would open for
as long as the common key lives. AWS destroys a key seven days after it is told to, at the earliest; for these days it
derives nothing, but its owner could undo it. So they are counted into the end (`lag`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from infra.crypto.root_key import RootKeyError, RootKeyUnavailable
from infra.crypto.root_keys.epochs import EpochRootKey, as_text, epoch_in, from_text, name_of, only_block

_PENDING_DAYS = 7
_END = "careerpulse-end"
_LIVING = ("Enabled", "Disabled")
_PASSING = ("ThrottlingException", "KMSInternalException", "DependencyTimeoutException", "KeyUnavailableException")


class AwsKmsRootKey(EpochRootKey):
    """Credentials are found as boto3 finds them: variables, profile, the instance's role."""

    lag = timedelta(days=_PENDING_DAYS)

    def __init__(self, region: str, name: str) -> None:
        self._where = f"AWS KMS in {region}"
        self._prefix = f"alias/{name}-"
        config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "max_attempts": 3})
        self._kms: Any = boto3.client("kms", region_name=region, config=config)
        super().__init__()

    def epochs(self) -> list[int]:
        """See RootKey."""
        with self._asked():
            pages = self._kms.get_paginator("list_aliases").paginate()
            names = [alias["AliasName"] for page in pages for alias in page["Aliases"]]
        ours = [name.removeprefix(self._prefix) for name in names if name.startswith(self._prefix)]
        found = sorted(epoch for name in ours if (epoch := epoch_in(name)) is not None)
        return [epoch for epoch in found if (self._key(epoch) or {}).get("KeyState") in _LIVING]

    def end_of(self, epoch: int) -> datetime | None:
        """See RootKey. Once AWS has destroyed the key its end is forgotten with it."""
        if (key := self._key(epoch)) is None:
            return None
        with self._asked():
            tags = self._kms.list_resource_tags(KeyId=key["KeyId"])["Tags"]
        kept = [tag["TagValue"] for tag in tags if tag["TagKey"] == _END]
        return from_text(kept[0]) if kept else None

    def _make(self, epoch: int) -> None:
        # The alias makes it the epoch's key; a crash before that leaves a key that nothing was ever derived from.
        with self._asked():
            made = self._kms.create_key(
                KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC", Description=f"CareerPulse {name_of(epoch)}"
            )
            self._kms.create_alias(AliasName=self._alias(epoch), TargetKeyId=made["KeyMetadata"]["KeyId"])

    def _derive(self, epoch: int, info: bytes) -> bytes:
        key = self._key(epoch)
        if key is None:
            raise RootKeyError(
                f"{self._alias(epoch)} is missing in {self._where}: another account or region, or an epoch that was "
                f"destroyed; of that restore a backup of epoch {self._epoch}"
            )
        if key["KeyState"] != "Enabled":
            raise RootKeyError(f"{self._alias(epoch)} in {self._where} is {key['KeyState']}; enable it")
        with self._asked():
            answer = self._kms.generate_mac(KeyId=key["KeyId"], Message=only_block(info), MacAlgorithm="HMAC_SHA_256")
        return bytes(answer["Mac"])

    def _keep_end(self, epoch: int, end: datetime) -> None:
        with self._asked():
            tag = {"TagKey": _END, "TagValue": as_text(end)}
            self._kms.tag_resource(KeyId=self._id(epoch), Tags=[tag])

    def _destroy(self, epoch: int) -> None:
        with self._asked():
            self._kms.schedule_key_deletion(KeyId=self._id(epoch), PendingWindowInDays=_PENDING_DAYS)

    def _key(self, epoch: int) -> dict[str, Any] | None:
        with self._asked():
            try:
                key: dict[str, Any] = self._kms.describe_key(KeyId=self._alias(epoch))["KeyMetadata"]
            except self._kms.exceptions.NotFoundException:
                return None
        return key

    def _id(self, epoch: int) -> str:
        if (key := self._key(epoch)) is None:
            raise RootKeyError(f"{self._alias(epoch)} is missing in {self._where}")
        return str(key["KeyId"])

    def _alias(self, epoch: int) -> str:
        return self._prefix + name_of(epoch)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """AWS's errors as ours."""
        try:
            yield
        except ClientError as error:
            code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            kind = RootKeyUnavailable if code in _PASSING else RootKeyError
            raise kind(f"{self._where} answers {code} to {error.operation_name}: {said}") from error
        except NoCredentialsError as error:
            raise RootKeyError(
                f"{self._where}: there are no credentials; give the process a role, or AWS_PROFILE"
            ) from error
        except BotoCoreError as error:
            raise RootKeyUnavailable(f"{self._where} does not answer: {error}") from error
