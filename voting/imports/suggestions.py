"""Reads lists of suggestions with what became of them, under the headings that offices use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from voting.errors import Message, msg
from voting.imports.columns import Column, Header, RowReader
from voting.imports.entries import Reading, Sheet, read_table
from voting.imports.limits import Row
from voting.imports.problems import BadField, Problem
from voting.imports.sheets import Table
from voting.imports.texts import narrow, repeated, take_day, take_line, take_list, take_text
from voting.models.suggestions import Satisfaction

NUMBER: Final = msg("Suggestion number")
TITLE: Final = msg("Title of the suggestion")
YEAR: Final = msg("Year")
CATEGORY: Final = msg("Category")
DEPUTY: Final = msg("Deputy")
COSIGNERS: Final = msg("Cosigners")
CONTENT: Final = msg("Content of the suggestion")
UNIT: Final = msg("Leading unit")
CO_UNITS: Final = msg("Cooperating units")
SUBMITTED: Final = msg("Sent on")
ASSIGNED: Final = msg("Assigned on")
MET: Final = msg("Met on")
REPLIED: Final = msg("Replied on")
RESULT: Final = msg("Class of the result")
ATTITUDE: Final = msg("Rating of the handling")
OUTCOME: Final = msg("Rating of the result")

COLUMNS: Final = (
    Column("number", NUMBER, "建议编号, 编号, 建议号, 序号, Number, No"),
    Column("title", TITLE, "建议标题, 标题, 建议名称, 题目, 案由, Title", required=True),
    Column("year", YEAR, "年度, 年份, Year"),
    Column("category", CATEGORY, "类别, 分类, Category"),
    Column(
        "deputy",
        DEPUTY,
        "领衔代表, 提出代表, 提出人, 代表姓名, 代表, Deputy, Name",
        required=True,
    ),
    Column("cosigners", COSIGNERS, "附议代表, 联名代表, 附议人, Cosigners"),
    Column("content", CONTENT, "建议内容, 内容, 具体建议, Content"),
    Column("unit", UNIT, "主办单位, 承办单位, 答复单位, Leading unit, Unit"),
    Column("co_units", CO_UNITS, "协办单位, 会办单位, Cooperating units"),
    Column("submitted", SUBMITTED, "提出日期, 提出时间, 提交日期, Sent on, Date"),
    Column("assigned", ASSIGNED, "交办日期, 交办时间, Assigned on"),
    Column("met", MET, "面商日期, 面商时间, Met on"),
    Column("replied", REPLIED, "答复日期, 答复时间, 办结日期, Replied on"),
    Column("result", RESULT, "办理结果分类, 办理结果类别, 结果分类, 办理类别, 分类结果, Class"),
    Column("attitude", ATTITUDE, "办理态度, 对办理态度评价, 态度评价, Attitude"),
    Column("outcome", OUTCOME, "办理结果, 对办理结果评价, 结果评价, 满意度, Result"),
)
_LONGEST_TITLE: Final = 100
_LONGEST_NAME: Final = 40
_LONGEST_UNIT: Final = 100
_LONGEST_CATEGORY: Final = 20
_LONGEST_CONTENT: Final = 4000
_MOST_NUMBER: Final = 99_999
_YEARS: Final = range(1990, 2100)
_GRADES: Final = {
    "满意": Satisfaction.SATISFIED,
    "基本满意": Satisfaction.BASIC,
    "不满意": Satisfaction.DISSATISFIED,
    "satisfied": Satisfaction.SATISFIED,
    "basicallysatisfied": Satisfaction.BASIC,
    "dissatisfied": Satisfaction.DISSATISFIED,
}


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One suggestion as the file has it; days that it does not tell are empty."""

    line: int
    number: int | None
    title: str
    year: int | None
    category: str
    deputy: str
    cosigners: tuple[str, ...]
    content: str
    unit: str
    co_units: tuple[str, ...]
    submitted_on: date | None
    assigned_on: date | None
    met_on: date | None
    replied_on: date | None
    result_class: str
    attitude: Satisfaction | None
    outcome: Satisfaction | None

    @property
    def known_year(self) -> int | None:
        """Give its year, told or taken from its days."""
        days = (self.submitted_on, self.assigned_on, self.replied_on)
        return self.year or next((day.year for day in days if day), None)


SuggestionSheet: TypeAlias = Sheet[SuggestionRow]


def read_suggestions(table: Table) -> SuggestionSheet:
    """Read a list of suggestions. Raises NotValid where the table as a whole is of no use."""
    return read_table(table, Reading(COLUMNS, _suggestion, _repeated))


def _suggestion(header: Header, row: Row, _place: int) -> tuple[SuggestionRow, list[Problem]]:
    reader = RowReader(header, COLUMNS, row)
    entry = SuggestionRow(
        line=row.line,
        number=reader.take("number", _take_number, None),
        title=reader.take("title", lambda text: _take_needed(text, _LONGEST_TITLE), ""),
        year=reader.take("year", _take_year, None),
        category=reader.take("category", lambda text: take_line(text, _LONGEST_CATEGORY), ""),
        deputy=reader.take("deputy", lambda text: _take_needed(text, _LONGEST_NAME), ""),
        cosigners=reader.take("cosigners", lambda text: take_list(text, _LONGEST_NAME), ()),
        content=reader.take("content", lambda text: take_text(text, _LONGEST_CONTENT), ""),
        unit=reader.take("unit", lambda text: take_line(text, _LONGEST_UNIT), ""),
        co_units=reader.take("co_units", lambda text: take_list(text, _LONGEST_UNIT), ()),
        submitted_on=reader.take("submitted", _take_date, None),
        assigned_on=reader.take("assigned", _take_date, None),
        met_on=reader.take("met", _take_date, None),
        replied_on=reader.take("replied", _take_date, None),
        result_class=reader.take("result", _take_class, ""),
        attitude=reader.take("attitude", _take_grade, None),
        outcome=reader.take("outcome", _take_grade, None),
    )
    _check(reader, entry)
    return entry, reader.problems


def _check(reader: RowReader, entry: SuggestionRow) -> None:
    if entry.known_year is None:
        reader.note("year", msg("The year is missing."), msg("Enter the year, or a date."))
    if entry.result_class and not entry.unit:
        reader.note(
            "unit",
            msg("The suggestion was answered, but no unit is named."),
            msg("Enter the unit that replied."),
        )
    if (entry.attitude or entry.outcome) and not entry.result_class:
        reader.note(
            "result",
            msg("The reply is rated, but its class is missing."),
            msg("Enter the class, such as A."),
        )
    if bool(entry.attitude) != bool(entry.outcome):
        reader.note(
            "outcome",
            msg("Only one of the two ratings is there."),
            msg("Enter both, the handling's and the result's, or none."),
        )
    days = [d for d in (entry.submitted_on, entry.assigned_on, entry.replied_on) if d]
    if days != sorted(days):
        reader.note(
            "replied",
            msg("The dates are not in their order."),
            msg("Check the days of sending, assigning and replying."),
        )


def _take_needed(text: str, longest: int) -> str:
    line = take_line(text, longest)
    if not line:
        raise BadField(msg("This is missing."), msg("Enter it."))
    return line


def _take_number(text: str) -> int | None:
    digits = "".join(c for c in narrow(text) if c.isdigit())
    if not digits:
        return None
    if int(digits[-6:]) > _MOST_NUMBER or int(digits[-6:]) == 0:
        raise _bad(msg("“{text}” is not a number.", text=text))
    return int(digits[-6:])


def _take_year(text: str) -> int | None:
    plain = narrow(text).removesuffix("年").removesuffix("年度").strip()
    if not plain:
        return None
    if not plain.isdecimal() or int(plain) not in _YEARS:
        raise _bad(msg("“{text}” is not a year.", text=text))
    return int(plain)


def _take_date(text: str) -> date | None:
    if not text.strip():
        return None
    day = take_day(text)
    if day is None:
        raise BadField(
            msg("“{text}” is not a date.", text=text), msg("Enter the date like 2026-11-30.")
        )
    return day


def _take_class(text: str) -> str:
    letter = narrow(text).strip().upper().removesuffix("类")[:1]
    if not letter:
        return ""
    if letter not in "ABCD":
        raise BadField(
            msg("“{text}” is not a class.", text=text), msg("Enter A, B, C or D, or nothing.")
        )
    return letter


def _take_grade(text: str) -> Satisfaction | None:
    plain = narrow(text).replace(" ", "").lower()
    if not plain:
        return None
    if plain not in _GRADES:
        raise BadField(
            msg("“{text}” is not a rating.", text=text),
            msg("Enter 满意, 基本满意 or 不满意, or nothing."),
        )
    return _GRADES[plain]


def _bad(what: Message) -> BadField:
    return BadField(what, msg("Use digits, or leave the cell empty."))


def _repeated(rows: list[SuggestionRow]) -> list[Problem]:
    keys = [(row.line, f"{row.known_year}-{row.number}" if row.number else "") for row in rows]
    return [
        Problem(
            line,
            NUMBER,
            msg("The same number stands in line {first}.", first=first),
            msg("Give each suggestion of a year a number of its own."),
        )
        for line, first in repeated(keys).items()
    ]
