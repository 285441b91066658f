"""The far side of the wire: reads a congress's log and state over HTTP and believes none of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any, Final, TypeVar

import httpx

from ballots.log import (
    Checkpoint,
    VerifierKey,
    check_checkpoint,
    parse_checkpoint,
    parse_verifier_key,
)
from ballots.objects import Base, Stored, check_id, parse_object
from ballots.record import VKEY, object_path

PATIENCE: Final = 60.0
TRIES: Final = 8
VOTE_PATH: Final = "/vote/"

Value = TypeVar("Value", bound=Base)


class Refusal(Exception):
    """The server said no: the status, its rule, and the words it gave."""

    def __init__(self, status: int, rule: str, message: str) -> None:
        """Keep what the server said."""
        super().__init__(f"{status} {rule}: {message}")
        self.status, self.rule, self.message = status, rule, message


class Wire:
    """One client's way to the ballot box of a congress, from the address that a tablet opens."""

    def __init__(self, address: str, key: VerifierKey | None = None) -> None:
        """Take `http://HOST/vote/SLUG`; `key` is the log's where it was obtained elsewhere."""
        host, _, slug = address.partition(VOTE_PATH)
        self._http = httpx.Client(base_url=host, timeout=PATIENCE, trust_env=False)
        self._slug = slug
        self.key = key or parse_verifier_key(self._log(VKEY).text.strip())

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def api(self, path: str) -> Any:
        """Read JSON of the interface. Raises `Refusal`."""
        return _answer(self._get(f"/api/c/{self._slug}/{path}"))

    def post(self, path: str, raw: bytes, headers: dict[str, str] | None = None) -> Any:
        """Send an object once. Raises `Refusal`, or `httpx.TransportError` for a lost answer."""
        sent = {"Content-Type": "application/json", **(headers or {})}
        return _answer(self._http.post(f"/api/c/{self._slug}/{path}", content=raw, headers=sent))

    def send(self, path: str, raw: bytes) -> Any:
        """Send an object until there is a yes or no, as a tablet does. Raises as `post`.

        Whatever else comes may be over the next time: a lost network, a server that is too busy.
        """
        for attempt in range(TRIES - 1):
            try:
                return self.post(path, raw)
            except httpx.TransportError:
                pass
            except Refusal as refusal:
                if refusal.status < httpx.codes.INTERNAL_SERVER_ERROR:
                    raise
            time.sleep(0.1 * 2**attempt)
        return self.post(path, raw)

    def post_and_hang_up(self, path: str, raw: bytes) -> None:
        """Send an object and lose the connection before the answer comes."""
        headers = {"Content-Type": "application/json"}
        lost = httpx.Timeout(PATIENCE, read=0.001)
        with contextlib.suppress(httpx.TransportError):
            self._http.post(
                f"/api/c/{self._slug}/{path}", content=raw, headers=headers, timeout=lost
            )

    def object(self, object_id: str) -> Stored:
        """Fetch an object and check that its bytes have its id."""
        raw = self._log(object_path(object_id)).content
        check_id(raw, object_id)
        return parse_object(raw)

    def value(self, kind: type[Value], object_id: str) -> Value:
        """Fetch an object's content, of one type."""
        value = self.object(object_id).value
        if not isinstance(value, kind):
            raise TypeError(f"{object_id} is another kind of object")
        return value

    def checkpoint(self) -> Checkpoint:
        """Fetch the log's checkpoint and check its signature."""
        checkpoint = parse_checkpoint(self._log("checkpoint").text)
        check_checkpoint(checkpoint, self.key)
        return checkpoint

    def paths(self) -> Iterator[str]:
        """Give no paths: a server's files can't be listed, only asked for (`record.Reader`)."""
        return iter(())

    def read(self, path: str) -> bytes | None:
        """Give a file of the log's prefix (`record.Reader`)."""
        response = self._get(f"/log/{self._slug}/{path}")
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        return response.raise_for_status().content

    def _log(self, path: str) -> httpx.Response:
        return self._get(f"/log/{self._slug}/{path}").raise_for_status()

    def _get(self, path: str) -> httpx.Response:
        for attempt in range(TRIES - 1):
            try:
                return self._http.get(path)
            except httpx.TransportError:
                time.sleep(0.05 * 2**attempt)
        return self._http.get(path)


def _answer(response: httpx.Response) -> Any:
    if response.is_success:
        return response.json()
    try:
        said = response.json()
        raise Refusal(response.status_code, said["rule"], said["message"])
    except (ValueError, KeyError, TypeError):
        raise Refusal(response.status_code, "http", response.reason_phrase) from None
