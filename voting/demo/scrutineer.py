"""A simulated scrutineer's device: it keeps a seed, and decrypts only what it added up itself."""

from __future__ import annotations

from typing import Any, Final

from ballots.cards import TrusteeSeed
from ballots.errors import Invalid
from ballots.objects import Ceremony, Stored, Trustee, object_bytes
from ballots.tally import make_share
from ballots.trustees import (
    Circle,
    Committed,
    Registered,
    check_ceremony,
    check_commitment,
    check_registration,
    commit,
    confirm,
    register,
    trustee_secrets,
)
from ballots.verify import replay_record
from voting.demo.wire import Wire

INVITATION: Final = "X-Invitation"


class Scrutineer:
    """One trustee of one ceremony; nothing but the seed needs to be kept."""

    def __init__(
        self, wire: Wire, ceremony: str, *, index: int, name: str, seed: TrusteeSeed
    ) -> None:
        """Take part in a ceremony under an index."""
        self._wire, self._index, self._name, self._seed = wire, index, name, seed
        self._circle = self._check_ceremony(ceremony)

    def _check_ceremony(self, ceremony: str) -> Circle:
        stored = self._wire.object(ceremony)
        if not isinstance(stored.value, Ceremony):
            raise Invalid("order.reference")
        return check_ceremony(stored)

    def register(self, invitation: str) -> None:
        """Register with the one-time code that the secretariat handed over."""
        trustee = register(self._circle, self._seed, self._index, self._name)
        self._post(object_bytes(trustee), {INVITATION: invitation})

    def commit(self) -> None:
        """Show the coefficients and seal shares to those who registered."""
        commitment = commit(self._circle, self._seed, self._index, self._registered())
        self._post(object_bytes(commitment))

    def confirm(self) -> None:
        """Open every share, check it, and confirm."""
        registered = self._registered()
        confirmation = confirm(
            self._circle,
            self._seed,
            self._index,
            registered=registered,
            commitments=self._committed(registered),
        )
        self._post(object_bytes(confirmation))

    def give_share(self, election: str) -> None:
        """Recompute a closed election from the log, and give a share for that tally alone."""
        report, replay = replay_record(self._wire, self._wire.key)
        if not report.is_sound:
            finding = report.findings[0]
            raise Invalid(finding.rule, where=finding.where)
        state = replay.elections[election]
        if state.count is None or state.ceremony.keys is None:
            raise Invalid("order.state")
        secrets = trustee_secrets(
            self._circle,
            self._seed,
            self._index,
            registered=list(state.ceremony.registered.values()),
            commitments=list(state.ceremony.committed.values()),
        )
        share = make_share(
            state.count,
            state.ceremony.keys,
            circle=self._circle,
            seed=self._seed,
            index=self._index,
            secrets=secrets,
        )
        self._post(object_bytes(share))

    def _post(self, raw: bytes, headers: dict[str, str] | None = None) -> Any:
        return self._wire.post("trustee-objects", raw, headers)

    def _state(self, name: str) -> list[Stored]:
        ids = self._wire.api(f"ceremonies/{self._circle.id}")[name]
        return [self._wire.object(object_id) for object_id in ids]

    def _registered(self) -> list[Registered]:
        registered: list[Registered] = []
        for stored in self._state("trustees"):
            if isinstance(stored.value, Trustee):
                registered.append(check_registration(self._circle, stored.value, registered))
        return registered

    def _committed(self, registered: list[Registered]) -> list[Committed]:
        by_index = {trustee.value.index: trustee for trustee in registered}
        return [
            check_commitment(self._circle, by_index[stored.value.index], stored)  # type: ignore[attr-defined]  # check_commitment refuses any other kind
            for stored in self._state("commitments")
        ]
