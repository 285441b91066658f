"""Everything that can be set from outside, read from the environment once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one installation; every field is documented in docs/operating.md."""

    data_dir: Path
    """Where the database, keys and pictures live (VOTING_DATA, default ./instance)."""
    database: str
    """SQLAlchemy address (VOTING_DATABASE, default a SQLite file in the data folder)."""
    secret: bytes
    """Signs cookies and encrypts second factors (VOTING_SECRET, or app.key in the data folder)."""
    base_url: str
    """Address under which people reach the site (VOTING_BASE_URL); also names the logs."""
    host: str = "127.0.0.1"
    """Address to listen at (VOTING_HOST)."""
    port: int = 8000
    """Port to listen at (VOTING_PORT)."""
    threads: int = 32
    """Threads of each worker (VOTING_THREADS)."""
    workers: int = 1
    """Worker processes (VOTING_WORKERS); more than one asks for PostgreSQL or a fast disk."""
    proxies: int = 0
    """Reverse proxies in front that are believed about the caller's address (VOTING_PROXIES)."""
    metrics_token: str = ""
    """Bearer token under which /metrics answers; empty: never (VOTING_METRICS_TOKEN)."""
    idle_minutes: int = 60
    """A sign-in ends after so many minutes without a request (VOTING_IDLE_MINUTES)."""
    session_hours: int = 12
    """A sign-in ends after so many hours in any case (VOTING_SESSION_HOURS)."""
    sign_in_days: int = 200
    """Ended sign-ins are forgotten after so many days (VOTING_SIGN_IN_DAYS); law asks for 183."""
    password_days: int = 180
    """A password is changed after so many days; 0: never (VOTING_PASSWORD_DAYS)."""
    password_cost: int = 65536
    """Memory in KiB that Argon2 takes for a password (VOTING_PASSWORD_COST)."""
    certificate: Path | None = None
    """Certificate to serve HTTPS with, where no proxy does (VOTING_CERTIFICATE)."""
    private_key: Path | None = None
    """The certificate's key (VOTING_PRIVATE_KEY)."""
    sms_url: str = ""
    """Where texts to residents' telephones are sent as JSON; empty: printed (VOTING_SMS_URL)."""
    sms_token: str = ""
    """Bearer token that goes with them (VOTING_SMS_TOKEN)."""
    testing: bool = False
    """Turns exceptions into failures of tests; never set in use (VOTING_TESTING)."""

    @property
    def keys_dir(self) -> Path:
        """Where signing keys lie, one file each, readable by the server alone."""
        return self.data_dir / "keys"

    @property
    def uploads_dir(self) -> Path:
        """Where re-encoded pictures lie."""
        return self.data_dir / "uploads"

    @property
    def archives_dir(self) -> Path:
        """Where the archives of years lie."""
        return self.data_dir / "archives"

    @property
    def is_https(self) -> bool:
        """Whether people reach the site encrypted, so that cookies may insist on it."""
        return urlsplit(self.base_url).scheme == "https"

    @property
    def hostname(self) -> str:
        """The name of the host, as logs and passkeys call it."""
        return urlsplit(self.base_url).hostname or "localhost"

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read all settings; what is not set takes its default."""
        values = os.environ if env is None else env
        data_dir = Path(values.get("VOTING_DATA", "instance")).absolute()
        data_dir.mkdir(parents=True, exist_ok=True)
        port = int(values.get("VOTING_PORT", "8000"))
        host = values.get("VOTING_HOST", "127.0.0.1")
        return cls(
            data_dir=data_dir,
            database=values.get("VOTING_DATABASE", f"sqlite:///{data_dir / 'voting.db'}"),
            secret=_secret(values, data_dir),
            base_url=values.get("VOTING_BASE_URL", f"http://localhost:{port}").rstrip("/"),
            host=host,
            port=port,
            threads=int(values.get("VOTING_THREADS", "32")),
            workers=int(values.get("VOTING_WORKERS", "1")),
            proxies=int(values.get("VOTING_PROXIES", "0")),
            metrics_token=values.get("VOTING_METRICS_TOKEN", ""),
            idle_minutes=int(values.get("VOTING_IDLE_MINUTES", "60")),
            session_hours=int(values.get("VOTING_SESSION_HOURS", "12")),
            sign_in_days=int(values.get("VOTING_SIGN_IN_DAYS", "200")),
            password_days=int(values.get("VOTING_PASSWORD_DAYS", "180")),
            password_cost=int(values.get("VOTING_PASSWORD_COST", "65536")),
            certificate=_path(values, "VOTING_CERTIFICATE"),
            private_key=_path(values, "VOTING_PRIVATE_KEY"),
            sms_url=values.get("VOTING_SMS_URL", ""),
            sms_token=values.get("VOTING_SMS_TOKEN", ""),
            testing=values.get("VOTING_TESTING", "0") == "1",
        )


def _path(values: Mapping[str, str], name: str) -> Path | None:
    given = values.get(name)
    return Path(given).absolute() if given else None


def _secret(values: Mapping[str, str], data_dir: Path) -> bytes:
    given = values.get("VOTING_SECRET")
    if given:
        return given.encode()
    path = data_dir / "app.key"
    if not path.exists():
        # Exclusive creation with owner's rights: two starting processes can't make two secrets.
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_bytes()
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(32).encode())
    return path.read_bytes()
