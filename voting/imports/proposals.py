"""Reads proposals: form 1 of the trade, as rows of a list or typed into a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from voting.errors import msg
from voting.imports.columns import Column, Header, RowReader, read_form
from voting.imports.entries import Reading, Sheet, read_table
from voting.imports.limits import Row
from voting.imports.problems import BadField, Problem
from voting.imports.sheets import Table
from voting.imports.texts import (
    money_unit,
    narrow,
    take_line,
    take_money,
    take_name,
    take_phone,
    take_text,
)
from voting.rules.categories import CATEGORY_ALIASES, Category, category_of

LONGEST_TITLE: Final = 60
LONGEST_LINE: Final = 100
LONGEST_REASON: Final = 1000
LONGEST_CONTENT: Final = 2000

COLUMNS: Final = (
    Column(
        "title",
        msg("What is needed"),
        "项目名称, 建议名称, 名称, 标题, 建议项目, 项目, 事项, Title, Name, What is needed",
        required=True,
    ),
    Column("category", msg("Category"), "类别, 分类, 项目类别, 领域, Category, Field"),
    Column("place", msg("Location"), "地点, 建设地点, 实施地点, 位置, 地址, Place, Location"),
    Column("point", msg("Point on the map"), "坐标, 经纬度, 纬度经度, Point, Coordinates"),
    Column(
        "reason",
        msg("Why it is needed"),
        "背景理由, 理由, 原因, 背景, 建议理由, Reason, Background",
    ),
    Column(
        "content",
        msg("What is to be done"),
        "建设内容, 内容, 建议内容, 具体内容, 主要内容, Content, What is to be done",
    ),
    Column(
        "beneficiaries",
        msg("Who benefits"),
        "受益范围, 受益群体, 受益人群, 受益人口, Beneficiaries, Who benefits",
    ),
    Column("implementer", msg("Who should do it"), "实施主体, 责任单位, 建议实施单位, Implementer"),
    Column(
        "estimate",
        msg("Estimated cost"),
        "资金估算, 估算资金, 预计资金, 所需资金, 总投资, Estimate, Estimated cost, Cost",
    ),
    Column("name", msg("Your name"), "建议人, 姓名, 联系人, 提出人, Proposer, Contact"),
    Column("phone", msg("Your telephone"), "联系电话, 电话, 手机, 手机号, 联系方式, Phone"),
    Column("deputy", msg("Deputy"), "代表, 代表姓名, 提出代表, Deputy"),
    Column("station", msg("Station"), "联络站, 来源联络站, 代表联络站, Station"),
    Column("unit", msg("Unit"), "提出单位, 建议单位, 来源单位, Unit"),
)

_POINT: Final = re.compile(r"(-?\d{1,2}(?:\.\d+)?)[,;\s]+(-?\d{1,3}(?:\.\d+)?)")
_NORTH: Final = 90
_EAST: Final = 180
_LONGEST_NAME: Final = 40
# Ten metres are near enough to find the place, and too far to find a person.
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal as it was written; money in whole yuan, the point as latitude and longitude."""

    line: int
    title: str
    category: Category = Category.OTHER
    place: str = ""
    point: tuple[float, float] | None = None
    reason: str = ""
    content: str = ""
    beneficiaries: str = ""
    implementer: str = ""
    estimate_yuan: int | None = None
    name: str = ""
    phone: str = ""
    deputy: str = ""
    station: str = ""
    unit: str = ""


ProposalSheet: TypeAlias = Sheet[ProposalRow]


def read_proposals(table: Table) -> ProposalSheet:
    """Read a list of proposals. Raises NotValid where the table as a whole is of no use."""
    return read_table(table, Reading(COLUMNS, _proposal))


def read_proposal_form(values: Mapping[str, str]) -> ProposalRow:
    """Read one proposal typed into a page, money in 万元. Raises NotValid, naming every field."""
    return read_form(values, COLUMNS, _typed)


def _typed(header: Header, row: Row, place: int) -> tuple[ProposalRow, list[Problem]]:
    """Ask somebody who is writing for what a list may leave out."""
    proposal, problems = _proposal(header, row, place)
    reader = RowReader(header, COLUMNS, row)
    reader.take("category", _not_empty, "")
    reader.take("place", _not_empty, "")
    reader.take("content", _not_empty, "")
    at_fault = {problem.field.id for problem in problems}
    return proposal, problems + [p for p in reader.problems if p.field.id not in at_fault]


def _proposal(header: Header, row: Row, _place: int) -> tuple[ProposalRow, list[Problem]]:
    reader = RowReader(header, COLUMNS, row)
    unit = money_unit(header.texts.get("estimate", ""))
    proposal = ProposalRow(
        line=row.line,
        title=reader.take("title", _take_title, ""),
        category=reader.take("category", _take_category, Category.OTHER),
        place=reader.take("place", _take_short, ""),
        point=reader.take("point", _take_point, None),
        reason=reader.take("reason", lambda text: take_text(text, LONGEST_REASON), ""),
        content=reader.take("content", lambda text: take_text(text, LONGEST_CONTENT), ""),
        beneficiaries=reader.take("beneficiaries", _take_short, ""),
        implementer=reader.take("implementer", _take_short, ""),
        estimate_yuan=reader.take("estimate", lambda text: take_money(text, unit), None),
        name=reader.take("name", _take_name, ""),
        phone=reader.take("phone", take_phone, ""),
        deputy=reader.take("deputy", _take_name, ""),
        station=reader.take("station", _take_short, ""),
        unit=reader.take("unit", _take_short, ""),
    )
    return proposal, reader.problems


def _take_short(text: str) -> str:
    return take_line(text, LONGEST_LINE)


def _take_name(text: str) -> str:
    return take_name(text, _LONGEST_NAME) if text.strip() else ""


def _not_empty(text: str) -> str:
    if not text.strip():
        raise BadField(msg("Please fill this in."), msg("Enter it."))
    return text


def _take_title(text: str) -> str:
    title = take_line(text, LONGEST_TITLE)
    if not title:
        raise BadField(
            msg("It is not said what is needed."), msg("Say in a few words what is needed.")
        )
    return title


def _take_category(text: str) -> Category:
    if not text:
        return Category.OTHER
    found = category_of(text)
    if found is None:
        names = "、".join(aliases[0] for aliases in CATEGORY_ALIASES.values())
        raise BadField(
            msg("“{text}” is not a category.", text=text),
            msg("Use one of these: {names}.", names=names),
        )
    return found


def _take_point(text: str) -> tuple[float, float] | None:
    if not text:
        return None
    found = _POINT.fullmatch(narrow(text).replace("，", ","))
    if found:
        north, east = float(found[1]), float(found[2])
        if abs(north) <= _NORTH and abs(east) <= _EAST:
            return round(north, _DIGITS), round(east, _DIGITS)
    raise BadField(
        msg("“{text}” is not a point on the map.", text=text),
        msg("Enter latitude and longitude such as 30.2084, 120.2119, or leave it empty."),
    )
