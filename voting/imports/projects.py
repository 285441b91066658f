"""Reads a list of candidate projects: form 2 of the trade, with any usual headings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

from voting import fonts
from voting.errors import msg
from voting.imports.columns import Column, Header, RowReader, read_form
from voting.imports.entries import Reading, Sheet, read_table
from voting.imports.limits import Row
from voting.imports.problems import BadField, Problem
from voting.imports.sheets import Table
from voting.imports.texts import (
    money_unit,
    narrow,
    repeated,
    take_day,
    take_line,
    take_list,
    take_money,
    take_stars,
    take_text,
)

CODE: Final = msg("Project code")
TITLE: Final = msg("Project title")
CATEGORY: Final = msg("Category")
CONTENT: Final = msg("Content and scale")
PLACE: Final = msg("Project site")
TOTAL: Final = msg("Total investment")
YEARLY: Final = msg("Investment planned for the year")
SOURCES: Final = msg("Sources of money")
UNIT: Final = msg("Responsible unit")
CO_UNITS: Final = msg("Cooperating units")
LEADER: Final = msg("Leader in charge")
DUE: Final = msg("Deadline or goal of the year")
DEMAND: Final = msg("Demand index")
NOTE: Final = msg("Remarks")

COLUMNS: Final = (
    Column("code", CODE, "项目编号, 编号, 代码, 项目代码, Code, Project code, ID"),
    Column(
        "title",
        TITLE,
        "项目名称, 名称, 项目, 候选项目, 实事项目, Title, Project, Project name, Name",
        required=True,
    ),
    Column("category", CATEGORY, "类别, 分类, 项目类别, 领域, Category, Field"),
    Column(
        "content",
        CONTENT,
        "建设内容及规模, 建设内容, 内容, 项目内容, 主要内容, 内容及规模, "
        "建设内容和规模, Content, Content and scale, Description",
    ),
    Column("place", PLACE, "建设地点, 地点, 实施地点, 项目地点, Place, Location"),
    Column("total", TOTAL, "总投资, 项目总投资, 投资总额, Total investment, Total, Cost"),
    Column(
        "yearly",
        YEARLY,
        "年度计划投资, 当年计划投资, 本年度计划投资, 年度投资, 计划投资, "
        "Yearly investment, Yearly planned investment, "
        "Investment planned for the year",
    ),
    Column("sources", SOURCES, "资金来源, 经费来源, Sources, Sources of money, Funding"),
    Column(
        "unit",
        UNIT,
        "责任单位, 牵头单位, 实施单位, 主体单位, Responsible unit, Lead unit, Unit",
    ),
    Column("co_units", CO_UNITS, "配合单位, 协办单位, 协同单位, Cooperating units, Co-units"),
    Column("leader", LEADER, "分管领导, 责任领导, 牵头领导, Leader, Leader in charge"),
    Column(
        "due",
        DUE,
        "完成时限, 完成时间, 年度目标, 完成时限/年度目标, 时限, 目标, Deadline, "
        "Due, Goal, Deadline or goal of the year",
    ),
    Column("demand", DEMAND, "民意指数, 民意, 需求指数, Demand index, Demand"),
    Column("note", NOTE, "备注, 说明, Note, Notes, Remarks"),
)

_LONGEST_LINE: Final = 100
_LONGEST_NAME: Final = 40
_LONGEST_CATEGORY: Final = 20
_LONGEST_CONTENT: Final = 2000
_LONGEST_CODE: Final = 32


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One candidate project as the file has it; money in whole yuan."""

    line: int
    code: str
    title: str
    category: str = ""
    content: str = ""
    place: str = ""
    total_yuan: int | None = None
    yearly_yuan: int | None = None
    sources: str = ""
    unit: str = ""
    co_units: tuple[str, ...] = field(default=())
    leader: str = ""
    due_on: date | None = None
    goal: str = ""
    demand: int = 0
    note: str = ""


ProjectSheet: TypeAlias = Sheet[ProjectRow]


def read_projects(table: Table) -> ProjectSheet:
    """Read a list of candidates. Raises NotValid where the table as a whole is of no use."""
    return read_table(table, Reading(COLUMNS, _project, _repeated, _warnings))


def read_project_form(values: Mapping[str, str]) -> ProjectRow:
    """Read one candidate typed into a form, money in 万元. Raises NotValid, naming every field."""
    return read_form(values, COLUMNS, _project)


def _project(header: Header, row: Row, place: int) -> tuple[ProjectRow, list[Problem]]:
    reader = RowReader(header, COLUMNS, row)
    total_unit = money_unit(header.texts.get("total", ""))
    yearly_unit = money_unit(header.texts.get("yearly", ""))
    due_on = reader.take("due", take_day, None)
    has_bad_day = bool(reader.problems)
    project = ProjectRow(
        line=row.line,
        code=reader.take("code", _take_code, f"p{place:02}"),
        title=reader.take("title", _take_title, ""),
        category=reader.take("category", lambda text: take_line(text, _LONGEST_CATEGORY), ""),
        content=reader.take("content", lambda text: take_text(text, _LONGEST_CONTENT), ""),
        place=reader.take("place", _take_short, ""),
        total_yuan=reader.take("total", lambda text: take_money(text, total_unit), None),
        yearly_yuan=reader.take("yearly", lambda text: take_money(text, yearly_unit), None),
        sources=reader.take("sources", _take_short, ""),
        unit=reader.take("unit", _take_short, ""),
        co_units=reader.take("co_units", lambda text: take_list(text, _LONGEST_LINE), ()),
        leader=reader.take("leader", lambda text: take_line(text, _LONGEST_NAME), ""),
        due_on=due_on,
        goal="" if due_on or has_bad_day else reader.take("due", _take_short, ""),
        demand=reader.take("demand", take_stars, 0),
        note=reader.take("note", _take_short, ""),
    )
    _check_money(reader, project)
    return project, reader.problems


def _take_short(text: str) -> str:
    return take_line(text, _LONGEST_LINE)


def _take_title(text: str) -> str:
    title = _take_short(text)
    if not title:
        raise BadField(msg("The project's name is missing."), msg("Enter the name."))
    return title


def _take_code(text: str) -> str:
    code = narrow(text).replace(" ", "").lower()
    if code.isdigit():
        code = f"p{int(code):02}"
    allowed = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    if not code or set(code) - allowed or len(code) > _LONGEST_CODE or code == "abstain":
        raise BadField(
            msg("“{text}” can't be a project's code.", text=text),
            msg("Use small letters, digits and hyphens, such as p01."),
        )
    return code


def _check_money(reader: RowReader, project: ProjectRow) -> None:
    if (project.yearly_yuan or 0) > (project.total_yuan or project.yearly_yuan or 0):
        reader.note(
            "yearly",
            msg("More is planned for the year than the whole project costs."),
            msg("Check both amounts and the units in the headings."),
        )


def _repeated(rows: list[ProjectRow]) -> list[Problem]:
    codes = repeated([(row.line, row.code) for row in rows])
    titles = repeated([(row.line, row.title) for row in rows])
    advice = msg("Give each project a name and a code of its own.")
    return [
        Problem(line, CODE, msg("The same code stands in line {first}.", first=first), advice)
        for line, first in codes.items()
    ] + [
        Problem(line, TITLE, msg("The same project stands in line {first}.", first=first), advice)
        for line, first in titles.items()
    ]


def _warnings(rows: tuple[ProjectRow, ...]) -> list[Problem]:
    found: list[Problem] = []
    for row in rows:
        strange = fonts.unprintable(row.title + row.content.replace("\n", ""))
        if strange:
            found.append(
                Problem(
                    row.line,
                    TITLE,
                    msg("The print font has no “{characters}”.", characters=strange),
                    msg("Check the character, or write it in another way."),
                )
            )
    return found
