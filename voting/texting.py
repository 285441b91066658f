"""The one door for short texts to telephones: through an HTTP gateway, or printed for handing out.

Neither a number nor a text is written to a log or a file.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from voting.config import Settings
from voting.errors import NotNow

_PATIENCE: Final = 10


class Gateway(Protocol):
    """Brings a text to a telephone."""

    def send(self, number: str, text: str) -> None:
        """Send a text. Raises NotNow where it can't be sent."""


@dataclass(slots=True)
class PrintGateway:
    """Keeps what would be sent until the page is printed that shows it."""

    printed: list[tuple[str, str]] = field(default_factory=list)

    def send(self, number: str, text: str) -> None:
        """Keep a text, with the end of its number to tell whose it is."""
        self.printed.append((f"*{number[-4:]}", text))


@dataclass(frozen=True, slots=True)
class HttpGateway:
    """Sends `{"to": number, "text": text}` as JSON, with a bearer token."""

    url: str
    token: str

    def send(self, number: str, text: str) -> None:
        """Send a text; any answer but a success is a failure."""
        body = json.dumps({"to": number, "text": text}, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = Request(self.url, body, headers)  # noqa: S310  # the office's own setting
        try:
            with urlopen(request, timeout=_PATIENCE):  # noqa: S310  # as above
                return
        except (URLError, TimeoutError, ConnectionError) as trouble:
            if isinstance(trouble, HTTPError):
                trouble.close()
            refusal = NotNow("The text could not be sent.").now(
                "Try again later, or ask for a printed code at a station."
            )
            raise refusal from trouble


def gateway(settings: Settings) -> Gateway:
    """Give the gateway of the settings."""
    return HttpGateway(settings.sms_url, settings.sms_token) if settings.sms_url else PrintGateway()
