"""What somebody can be: to one congress, or to the whole installation."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from voting.errors import Message, msg


class Role(StrEnum):
    """An office; the administrators' hold for the installation, all others for one congress."""

    DEPUTY = "deputy"
    SECRETARIAT = "secretariat"
    CHAIR = "chair"
    CHIEF_SCRUTINEER = "chief_scrutineer"
    SCRUTINEER = "scrutineer"
    COMMITTEE = "committee"
    UNIT = "unit"
    STATION = "station"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


ADMINISTRATORS: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})

ROLE_NAMES: Final[dict[Role, Message]] = {
    Role.DEPUTY: msg("Deputy"),
    Role.SECRETARIAT: msg("Secretariat"),
    Role.CHAIR: msg("Chair"),
    Role.CHIEF_SCRUTINEER: msg("Chief scrutineer"),
    Role.SCRUTINEER: msg("Scrutineer"),
    Role.COMMITTEE: msg("Committee office"),
    Role.UNIT: msg("Responsible unit"),
    Role.STATION: msg("Station keeper"),
    Role.SYSTEM_ADMIN: msg("System administrator"),
    Role.SECURITY_ADMIN: msg("Security administrator"),
    Role.AUDIT_ADMIN: msg("Audit administrator"),
}
