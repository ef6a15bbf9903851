"""Which root key a deployment has, from one setting.

file:[DIRECTORY]                                  files; without a directory where the other secrets are
vault:https://HOST:PORT/MOUNT/PATH                HashiCorp Vault or OpenBao, KV version 2
aws-kms:REGION/NAME                               AWS KMS, aliases that begin with NAME
pkcs11:token=LABEL?module-path=/path/library.so   a PKCS#11 token, as RFC 7512 names it
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from infra.crypto.root_key import RootKey, RootKeyError
from infra.crypto.root_keys.file import FileRootKey

FORMS = (
    "file:[DIRECTORY], vault:https://HOST:PORT/MOUNT/PATH, aws-kms:REGION/NAME or "
    "pkcs11:token=LABEL?module-path=LIBRARY"
)


def open_root_key(chosen: str, secrets_dir: Path) -> RootKey:
    """The root key that the setting names. Raises ValueError for one that names none, RootKeyError for one that
    cannot be used. Tokens and PINs are files in `secrets_dir`.
    """
    kind, _, rest = chosen.partition(":")
    if kind not in _KINDS:
        raise ValueError(f"ROOT_KEY={chosen} names no root key; right would be {FORMS}")
    try:
        return _KINDS[kind](rest, secrets_dir)
    except ImportError as error:
        raise RootKeyError(
            f"ROOT_KEY={kind}:… needs {error.name}, of the extra {kind}; run: pip install 'careerpulse[{kind}]'"
        ) from error


def _file(rest: str, secrets_dir: Path) -> RootKey:
    return FileRootKey(Path(rest) if rest else secrets_dir)


def _vault(rest: str, secrets_dir: Path) -> RootKey:
    from infra.crypto.root_keys import vault

    url = urlsplit(rest)
    mount, _, path = url.path.strip("/").partition("/")
    if not (url.scheme in ("https", "http") and url.netloc and path):
        raise ValueError(f"ROOT_KEY=vault:{rest} is not vault:https://HOST:PORT/MOUNT/PATH")
    return vault.VaultRootKey(vault.Place(f"{url.scheme}://{url.netloc}", mount, path), secrets_dir / vault.TOKEN)


def _aws_kms(rest: str, _secrets_dir: Path) -> RootKey:
    from infra.crypto.root_keys import aws_kms

    region, _, name = rest.partition("/")
    if not (region and name):
        raise ValueError(f"ROOT_KEY=aws-kms:{rest} is not aws-kms:REGION/NAME")
    return aws_kms.AwsKmsRootKey(region, name)


def _pkcs11(rest: str, secrets_dir: Path) -> RootKey:
    from infra.crypto.root_keys import pkcs11

    path, _, query = rest.partition("?")
    attributes = dict(part.partition("=")[::2] for part in path.split(";"))
    module = parse_qs(query).get("module-path")
    if "token" not in attributes or not module:
        raise ValueError(f"ROOT_KEY=pkcs11:{rest} is not pkcs11:token=LABEL?module-path=LIBRARY")
    return pkcs11.Pkcs11RootKey(Path(module[0]), unquote(attributes["token"]), secrets_dir / pkcs11.PIN)


_KINDS: dict[str, Callable[[str, Path], RootKey]] = {
    "file": _file,
    "vault": _vault,
    "aws-kms": _aws_kms,
    "pkcs11": _pkcs11,
}
