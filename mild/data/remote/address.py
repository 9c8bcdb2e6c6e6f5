"""Addresses such as s3://bucket/folder: what is one, and whether it can be used here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.util import find_spec

from mild.access.paths import USER
from mild.visible import printable

PACKAGES = {
    "s3": "s3fs",
    "gs": "gcsfs",
    "gcs": "gcsfs",
    "az": "adlfs",
    "abfs": "adlfs",
    "hf": "huggingface_hub",
    "file": "",
    "memory": "",
}
"""Beginning of an address -> the package that reads it; none where fsspec does by itself."""
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_SECRET = re.compile(
    r"(?i)\b((?:x-amz-[\w-]+|awsaccesskeyid|signature|sig|token|access_token|secret|password|key)=)"
    r"[^&\s'\"]+"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A place behind a scheme."""

    scheme: str
    path: str
    """Without the scheme, and without a slash at its end."""

    def __str__(self) -> str:
        """Write it as people do."""
        return f"{self.scheme}://{self.path}"

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> Address:
        """Where it lies."""
        return Address(scheme=self.scheme, path=self.path.rpartition("/")[0])

    def below(self, name: str) -> Address:
        """Return the address of this name below it, whatever the name looks like."""
        return Address(scheme=self.scheme, path=f"{self.path}/{name}")


def address_of(text: str) -> Address | None:
    """Read an address; None of a path on this machine.

    Examples
    --------
    >>> str(address_of("S3://bucket/birds/"))
    's3://bucket/birds'
    >>> address_of("/home/me/birds"), address_of("hf:owner/birds")
    (None, None)
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        return None
    return Address(scheme=found[1].lower(), path=found[2].rstrip("/"))


def address_problems(address: Address) -> list[str]:
    """Say why an address cannot be used, as far as it can be told without asking anybody."""
    shown = without_secrets(str(address))
    if "@" in address.path.partition("/")[0]:
        return [
            f"{shown}: holds a user or a key, and addresses are written down. Leave it out, and "
            "give it to the library of that place, by its environment variables or its own file."
        ]
    if address.scheme not in PACKAGES:
        known = ", ".join(f"{scheme}://" for scheme in PACKAGES if scheme != "memory")
        return [f"{shown}: addresses that begin so cannot be read. Those of {known} can."]
    if not address.path.strip("/"):
        return [f"{shown}: names no place. Write it as in {address.scheme}://bucket/folder."]
    needed = [name for name in ("fsspec", PACKAGES[address.scheme]) if name]
    missing = [name for name in needed if find_spec(name) is None]
    if missing:
        wanted = " ".join('"mild[remote]"' if name == "fsspec" else name for name in missing)
        names = ", ".join(missing)
        return [f"{shown}: needs {names}, not installed here: pip install {wanted}"]
    return []


def without_secrets(text: str) -> str:
    """Hide what may be a key, in an address or in what a library says of one.

    Examples
    --------
    >>> without_secrets("s3://me:key@bucket/a, https://x/y?Signature=abc&n=1")
    's3://…@bucket/a, https://x/y?Signature=…&n=1'
    """
    return printable(_SECRET.sub(r"\1…", USER.sub("://…@", text)))
