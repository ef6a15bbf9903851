"""A bucket of S3-compatible storage as a log's storage: conditional puts where a directory has locks and renames.

Tiles and bundles are put where there are none (`If-None-Match: *`); the state is put in the place of the one that was
read (`If-Match`), so that of two appenders one loses and stops; a lease keeps a second one from starting (see lease).
What another batch left behind before it was committed gives way, by its tag too. Each put is durable when it is
answered. Credentials, region and endpoint are the AWS SDK's own settings (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL_S3, …).

Source: Amazon S3 API reference, PutObject with conditional headers. Needs boto3 (extra `s3`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from services.audit.tlog.lease import ConditionFailedError, Lease
from services.audit.tlog.storage import Held, SupersededError

_NEVER_REPLACED: Final = "tile/"
_PARALLEL: Final = 16
_REMOVED_AT_ONCE: Final = 1_000
_CONNECT_SECONDS: Final = 3
_ANSWER_SECONDS: Final = 10
_ATTEMPTS: Final = 2
"""A request that was begun under half of a lease ends, with its repetition, before the other half does."""
_MISSING: Final = frozenset({"NoSuchKey", "404", "NotFound"})
_FAILED: Final = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict", "409"})
Given = TypeVar("Given")


class ObjectStorage:
    """The objects of one bucket below a prefix. `client` is boto3's for S3."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._tags: dict[str, str | None] = {}
        self._lease: Lease | None = None

    def read(self, path: str) -> bytes:
        """The whole object; where it may be replaced, the next `replace` is of what was read here."""
        if path.startswith(_NEVER_REPLACED):
            return self.get(path)[0]
        try:
            data, self._tags[path] = self.get(path)
        except FileNotFoundError:
            self._tags[path] = None
            raise
        return data

    def about(self, path: str) -> Held:
        """Size and time, by the store's clock."""
        found = self._asked(lambda: self._client.head_object(**self._place(path)), path)
        return Held(int(found["ContentLength"]), found["LastModified"])

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Put these objects side by side."""
        self._check()
        with ThreadPoolExecutor(_PARALLEL) as pool:
            for done in [pool.submit(self._keep, path, data) for path, data in files.items()]:
                done.result()

    def replace(self, path: str, data: bytes) -> None:
        """Put it in the place of what was read or put there last; SupersededError where that is another one."""
        self._check()
        if path not in self._tags:
            self._tags[path] = self._tag(path)
        try:
            self._tags[path] = self.put(path, data, self._tags[path])
        except ConditionFailedError as error:
            # A put whose answer was lost, and that was repeated, finds itself.
            found, tag = self.get(path)
            if found != data:
                raise SupersededError(f"{path} was written by another process; this one must not go on") from error
            self._tags[path] = tag

    def remove_tree(self, path: str) -> None:
        """Remove the objects below the path."""
        self._check()
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"{self._prefix}{path}/"
        )
        found = self._asked(lambda: [{"Key": one["Key"]} for page in pages for one in page.get("Contents", ())], path)
        for start in range(0, len(found), _REMOVED_AT_ONCE):
            chunk = {"Objects": found[start : start + _REMOVED_AT_ONCE], "Quiet": True}
            self._asked(partial(self._client.delete_objects, Bucket=self._bucket, Delete=chunk), path)
        for known in [each for each in self._tags if each.startswith(f"{path}/")]:
            del self._tags[known]

    @contextmanager
    def alone(self, role: str) -> Iterator[None]:
        """Hold the lease; without it nothing is written inside the block."""
        self._lease = Lease(self)
        try:
            with self._lease.held(role):
                yield
        finally:
            self._lease = None

    def get(self, path: str) -> tuple[bytes, str]:
        """Content and tag; FileNotFoundError where there is none."""
        answer = self._asked(lambda: self._client.get_object(**self._place(path)), path)
        return self._asked(answer["Body"].read, path), answer["ETag"]

    def put(self, path: str, data: bytes, condition: str | None) -> str:
        """Put it under a condition: its tag, or None where there may be none yet. Raises ConditionFailedError."""
        under = {"IfNoneMatch": "*"} if condition is None else {"IfMatch": condition}
        answer = self._asked(lambda: self._client.put_object(**self._place(path), Body=data, **under), path)
        return str(answer["ETag"])

    def _keep(self, path: str, data: bytes) -> None:
        try:
            self.put(path, data, None)
        except ConditionFailedError:
            found, tag = self.get(path)
            if found != data:  # left behind by a batch that was never committed
                self._check()
                self.put(path, data, tag)

    def _tag(self, path: str) -> str | None:
        try:
            return self.get(path)[1]
        except FileNotFoundError:
            return None

    def _check(self) -> None:
        if self._lease is not None:
            self._lease.check()

    def _place(self, path: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": f"{self._prefix}{path}"}

    def _asked(self, ask: Callable[[], Given], path: str) -> Given:
        """What the store answers. Raises FileNotFoundError, ConditionFailedError or OSError."""
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

        try:
            return ask()
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in _MISSING:
                raise FileNotFoundError(f"there is no object {path}") from error
            if code in _FAILED:
                raise ConditionFailedError(path) from error
            raise OSError(f"the object store refused {path}: {code}") from error
        except (BotoCoreError, HTTPClientError) as error:
            raise OSError(f"the object store does not answer for {path}: {type(error).__name__}") from error


def objects_at(place: str) -> ObjectStorage:
    """The storage of `s3://bucket/prefix`. Raises ValueError."""
    parts = urlsplit(place)
    if not parts.netloc or parts.query or parts.fragment:
        raise ValueError(f"{place} must be like s3://bucket/prefix")
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise ValueError(f"{place} needs boto3: install careerpulse[s3]") from error
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_ANSWER_SECONDS,
        max_pool_connections=_PARALLEL,
        retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
    )
    try:
        client = boto3.client("s3", config=config)
    except (BotoCoreError, ValueError) as error:
        raise ValueError(f"{place} cannot be used: {error}") from error
    return ObjectStorage(client, parts.netloc, parts.path.strip("/"))
