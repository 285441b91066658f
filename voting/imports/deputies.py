"""Reads a roster of deputies: number, name, delegation, unit, seat, telephone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from voting import fonts
from voting.errors import msg
from voting.imports.columns import Column, Header, RowReader, read_form
from voting.imports.entries import Reading, Sheet, read_table
from voting.imports.limits import Row
from voting.imports.problems import BadField, Problem
from voting.imports.sheets import Table
from voting.imports.texts import repeated, take_code, take_line, take_name, take_phone

NUMBER: Final = msg("Deputy number")
NAME: Final = msg("Name")
DELEGATION: Final = msg("Delegation")
UNIT: Final = msg("Unit and post")
SEAT: Final = msg("Seat")
PHONE: Final = msg("Telephone")

COLUMNS: Final = (
    Column(
        "number",
        NUMBER,
        "代表证号, 代表编号, 编号, 证号, 号码, Deputy number, Number, No, 序号, #",
    ),
    Column("name", NAME, "姓名, 代表姓名, 名字, Name, Full name", required=True),
    Column(
        "delegation",
        DELEGATION,
        "代表团, 所在代表团, 代表团名称, 团组, 组别, 选举单位, Delegation, Group",
        required=True,
    ),
    Column(
        "unit",
        UNIT,
        "单位, 工作单位, 单位及职务, 单位职务, 工作单位及职务, 单位和职务, 职务, "
        "Unit, Employer, Work unit, Organisation, Organization, Unit and post",
    ),
    Column("seat", SEAT, "座位, 座位号, 座次, 席位, 坐席, Seat, Seat number"),
    Column(
        "phone",
        PHONE,
        "电话, 手机, 手机号, 手机号码, 联系电话, 联系方式, 电话号码, Phone, "
        "Telephone, Mobile, Phone number",
    ),
)

_LONGEST_NAME: Final = 40
_LONGEST_DELEGATION: Final = 40
_LONGEST_UNIT: Final = 100
_LONGEST_CODE: Final = 20


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """One deputy as the file has it."""

    line: int
    number: str
    name: str
    delegation: str
    unit: str = ""
    seat: str = ""
    phone: str = ""


DeputySheet: TypeAlias = Sheet[DeputyRow]


def read_deputies(table: Table) -> DeputySheet:
    """Read a roster. Raises NotValid where the table as a whole is of no use."""
    return read_table(table, Reading(COLUMNS, _deputy, _repeated_numbers, _warnings))


def read_deputy_form(values: Mapping[str, str]) -> DeputyRow:
    """Read one deputy typed into a form. Raises NotValid, naming every field at fault."""
    return read_form(values, COLUMNS, _deputy)


def _deputy(header: Header, row: Row, place: int) -> tuple[DeputyRow, list[Problem]]:
    reader = RowReader(header, COLUMNS, row)
    deputy = DeputyRow(
        line=row.line,
        # A list without a column of numbers is numbered as it stands.
        number=reader.take("number", lambda text: take_code(text, _LONGEST_CODE), f"{place:03}"),
        name=reader.take("name", lambda text: take_name(text, _LONGEST_NAME), ""),
        delegation=reader.take("delegation", _take_delegation, ""),
        unit=reader.take("unit", lambda text: take_line(text, _LONGEST_UNIT), ""),
        seat=reader.take("seat", lambda text: take_line(text, _LONGEST_CODE), ""),
        phone=reader.take("phone", take_phone, ""),
    )
    if any(problem.field is NUMBER for problem in reader.problems):
        deputy = replace(deputy, number="")
    return deputy, reader.problems


def _take_delegation(text: str) -> str:
    name = take_line(text, _LONGEST_DELEGATION)
    if not name:
        raise BadField(msg("The delegation is missing."), msg("Enter the delegation."))
    return name


def _repeated_numbers(rows: list[DeputyRow]) -> list[Problem]:
    again = repeated([(row.line, row.number) for row in rows])
    numbers = {row.line: row.number for row in rows}
    return [
        Problem(
            line,
            NUMBER,
            msg(
                "Number {number} stands in line {first} already.", number=numbers[line], first=first
            ),
            msg("Give one of the two another number, or delete the line that is there twice."),
        )
        for line, first in again.items()
    ]


def _warnings(rows: tuple[DeputyRow, ...]) -> list[Problem]:
    found: list[Problem] = []
    for row in rows:
        strange = fonts.unprintable(row.name)
        if strange:
            found.append(
                Problem(
                    row.line,
                    NAME,
                    msg("The print font has no “{characters}”.", characters=strange),
                    msg("If the character is right, write the name on printed sheets by hand."),
                )
            )
    again = msg("Check that these are two people, each with a seat of their own.")
    names = {row.line: row.name for row in rows}
    for line, first in repeated([(row.line, row.name) for row in rows]).items():
        what = msg("{text} stands in line {first} too.", text=names[line], first=first)
        found.append(Problem(line, NAME, what, again))
    seats = {row.line: row.seat for row in rows}
    for line, first in repeated([(row.line, row.seat) for row in rows]).items():
        what = msg("Seat {text} is given in line {first} too.", text=seats[line], first=first)
        found.append(Problem(line, SEAT, what, again))
    return found
