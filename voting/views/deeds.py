"""A deputy's record of the term as pages show it, and the form that adds a line to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from msgspec import Meta

from voting.errors import Message
from voting.exports.forms.attendance import STATUS_NAMES
from voting.models.records import Deed
from voting.models.sittings import Presence
from voting.services.people.congresses import CongressCard
from voting.services.records import DEED_NAMES, DeedEntry, Record
from voting.views.fields import Title


@dataclass(frozen=True, slots=True)
class DeedForm:
    kind: Deed
    done_on: date
    title: Title
    place: Annotated[str, Meta(max_length=200)]
    note: Annotated[str, Meta(max_length=2000)]

    @property
    def entry(self) -> DeedEntry:
        """Give what the service takes."""
        return DeedEntry(self.kind, self.done_on, self.title, self.place, self.note)


@dataclass(frozen=True, slots=True)
class RecordPage:
    congress: CongressCard
    record: Record

    @property
    def deed_names(self) -> Mapping[Deed, Message]:
        """Give what kinds of deeds are called."""
        return DEED_NAMES

    @property
    def status_names(self) -> Mapping[Presence, Message]:
        """Give what statuses of attendance are called."""
        return STATUS_NAMES
