"""Everything an administrator may set, read once from the environment (PLANNER_…). All of it is optional."""

import os
import secrets
import tempfile
from contextlib import suppress
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Network = IPv4Network | IPv6Network

VAR = Path("var")
"""Folder, relative to where Planner runs, for the embedded database, letters, files and the secret key."""


class Settings(BaseSettings):
    """The installation's settings. Field names are the environment names without PLANNER_, in lower case."""

    model_config = SettingsConfigDict(env_prefix="PLANNER_", frozen=True, extra="ignore")

    database_url: str = Field("sqlite:///var/planner.db", description="sqlite:///path or postgresql://user@host/name")
    base_url: str = Field("", description="Public address, for links in letters and feeds; from host and port if empty")
    host: str = Field("127.0.0.1", description="Address the web server listens on")
    port: int = Field(8000, ge=1, le=65535, description="Port the web server listens on")
    workers: int = Field(0, ge=0, le=64, description="Web processes; 0 means one for SQLite, one per core otherwise")
    mail_url: str = Field(
        "file:var/mail", description="file:folder (letters land as .eml) or smtp://user:password@host"
    )
    mail_from: str = Field("planner@localhost", description="Sender of all letters")
    files_url: str = Field("file:var/files", description="file:folder where uploaded documents are kept")
    trusted_proxies: str = Field(
        "", description="Networks of your proxies, with commas: only they may say where a visitor comes from"
    )
    secret_key: str = Field("", description="Signs links and cookies; made and kept in var/ if empty")

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        """Refuse at the start what is no list of networks. Raises ValueError."""
        _networks(value)
        return value

    @property
    def proxies(self) -> tuple[Network, ...]:
        """The networks of the proxies that are believed."""
        return _networks(self.trusted_proxies)

    @property
    def public_url(self) -> str:
        """The address that letters and feeds print, without a slash at the end."""
        shown = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return (self.base_url or f"http://{shown}:{self.port}").rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether visitors come over https, judged by the public address and never by a header they send."""
        return self.public_url.startswith("https://")

    @property
    def secret(self) -> bytes:
        """Key for signatures: the configured one, or one made once and kept in `var/secret.key`."""
        return (self.secret_key or _kept_secret()).encode()


@cache
def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def _kept_secret() -> str:
    path = VAR / "secret.key"
    if not path.exists():
        _make_secret(path)
    return path.read_text()


def _make_secret(path: Path) -> None:
    # Written aside and linked in one step: whoever is late finds a whole key, never the beginning of one.
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was first: its key is the key
            os.link(aside, path)
    finally:
        Path(aside).unlink()


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()  # type: ignore[call-arg]
