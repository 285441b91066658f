"""Liaison stations 联络站: where they are, who keeps them, when deputies receive residents."""

from voting.services.stations.keeping import (
    DutyEntry,
    PersonCard,
    StationEntry,
    add_duty,
    invite_keeper,
    list_deputies_of,
    list_keepers,
    remove_duty,
    remove_keeper,
    save_station,
    set_deputies,
)
from voting.services.stations.listing import (
    DutyCard,
    StationCard,
    check_keeper,
    find_by_code,
    find_station,
    list_duties,
    list_stations,
    stations_of,
)

__all__ = [
    "DutyCard",
    "DutyEntry",
    "PersonCard",
    "StationCard",
    "StationEntry",
    "add_duty",
    "check_keeper",
    "find_by_code",
    "find_station",
    "invite_keeper",
    "list_deputies_of",
    "list_duties",
    "list_keepers",
    "list_stations",
    "remove_duty",
    "remove_keeper",
    "save_station",
    "set_deputies",
    "stations_of",
]
