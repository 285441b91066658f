"""Forms say every figure that their paper twins say, in both languages, on official A4."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import docx
import pytest

from tests.unit.voting.exports.figures_made import HEADING, REHEARSAL, TURNOUT, decided, rated
from tests.unit.voting.exports.pdf import A4, pages, sizes, title
from tools.word_template import TARGET, made
from voting.exports.forms.announcement import Announcement, announcement
from voting.exports.forms.attendance import attendance_sheet
from voting.exports.forms.ballot import (
    BallotLine,
    BallotPaper,
    Colour,
    Paper,
    ballot_line,
    print_ballot,
)
from voting.exports.forms.counting import Count, Digests, count_sheet, issue_report
from voting.exports.forms.parts import (
    Cue,
    Document,
    Line,
    Note,
    Paragraph,
    Place,
    Signatures,
    print_document,
    subject_of,
)
from voting.exports.forms.rules import rules_sheet
from voting.exports.forms.script import Attended, Script, chair_script
from voting.exports.forms.word import write_word
from voting.i18n import speaking
from voting.models.sittings import BallotKind, Candidate, Presence
from voting.rules.clauses import Occasion, clauses
from voting.rules.vote import (
    DecisionSettings,
    Minimum,
    Order,
    RatingSettings,
    Settings,
    Style,
)
from voting.services.reports.figures import Standing
from voting.services.sittings import attendance
from voting.services.sittings.attendance import AttendanceReport, DelegationLine, Figures
from voting.services.sittings.rulebook import RulesView
from voting.services.tallying import Turnout

AT = datetime(2026, 2, 1, 3, 30, tzinfo=UTC)
DIGESTS = Digests("a" * 64, "b" * 64, "c" * 64, "d" * 64)
TIE = (Standing.ELECTED, Standing.TIED, Standing.TIED)


def text(document: Document) -> str:
    """Print a form and read it back."""
    return "".join(pages(print_document(document)))


def subject() -> str:
    """Give the subject of the votes here."""
    return subject_of(2026)


def a_count(figures: Any = None, **changes: Any) -> Count:
    """Give a counted vote."""
    base = Count(HEADING, subject(), 1, TURNOUT, decided(), DIGESTS, AT)
    return (
        replace(base, **changes) if figures is None else replace(base, figures=figures, **changes)
    )


def report(*, present: int = 314) -> AttendanceReport:
    """Give an attendance report with one deputy on leave."""
    away = (attendance.Line(1, "001", "王𠮷", "第一代表团", "", Presence.LEAVE),)
    groups = (DelegationLine("第一代表团", 27, 26, away), DelegationLine("第二代表团", 300, 288))
    return AttendanceReport(Figures(327, 327, present, 3, 12, 0, 1, 0), groups)


def rules_view(*, is_adopted: bool = True, kind: BallotKind = BallotKind.DECISION) -> RulesView:
    """Give rules as the rulebook shows them."""
    settings: Settings = RatingSettings() if kind is BallotKind.RATING else DecisionSettings(10)
    said = clauses(settings, Occasion(HEADING.whole, 327, 13, is_named=False))
    return RulesView(
        kind=kind,
        version=2,
        settings=settings,
        clauses=tuple(said),
        advice=(),
        digest="b" * 64 if is_adopted else None,
        adopted_on=date(2026, 2, 1) if is_adopted else None,
    )


def a_script(**changes: Any) -> Script:
    """Give a script before anything is known."""
    return replace(Script(HEADING, subject(), 327, 13, 10), **changes)


ALL: dict[str, Callable[[], Document]] = {
    "attendance": lambda: attendance_sheet(HEADING, report(), AT),
    "issue": lambda: issue_report(HEADING, subject(), TURNOUT, at=AT),
    "count": lambda: count_sheet(a_count()),
    "each": lambda: count_sheet(a_count(decided(is_each=True))),
    "rating": lambda: count_sheet(a_count(rated())),
    "announcement": lambda: announcement(
        Announcement(HEADING, 1, 2026, date(2026, 2, 1), date(2026, 2, 2), decided())
    ),
    "rules": lambda: rules_sheet(HEADING, rules_view()),
    "script": lambda: chair_script(a_script()),
}


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_is_an_a4_with_a_title_of_one_line(form: str, language: str) -> None:
    with speaking(language):
        pdf = print_document(ALL[form]())

    assert sizes(pdf) == {A4}
    found = title(pdf)
    assert found
    assert "\n" not in found


def test_the_attendance_report_says_figures_quorum_and_who_is_away() -> None:
    said = text(attendance_sheet(HEADING, report(), AT))

    for words in ("327", "314", "218", "符合法定人数", "王𠮷（请假）", "2026年2月1日11:30"):
        assert words in said
    assert "未达到法定人数" in text(attendance_sheet(HEADING, report(present=217), AT))


def test_the_report_of_cards_and_ballots_judges_the_round() -> None:
    good = text(issue_report(HEADING, subject(), TURNOUT, at=AT))
    more = text(issue_report(HEADING, subject(), Turnout(327, 314, 314, 315), at=AT))
    cards = text(
        issue_report(HEADING, subject(), Turnout(327, 313, 314, 300), at=AT, round_number=2)
    )

    assert "本次投票有效" in good
    assert "本次投票无效" in more
    assert "本次投票无效" in cards
    assert "第2轮" in cards


def test_the_count_sheet_has_winners_and_losers_and_what_it_stands_on() -> None:
    said = text(count_sheet(a_count()))

    for words in ("住房保障30095.8%1是入选", "养老服务9028.8%3否未入选", "164", "弃权票3"):
        assert words in said
    for digest in ("a", "b", "c", "d"):
        assert digest * 64 in said
    assert said.count("监票人") >= 4


def test_a_tie_and_open_seats_are_said_on_the_count_sheet() -> None:
    tie = decided((300, 200, 200), standings=TIE)
    short = decided((300, 100, 90), standings=(Standing.ELECTED, *[Standing.NOT_ELECTED] * 2))

    assert "不能确定入选的项目：教育惠民、养老服务，尚缺名额1个" in text(count_sheet(a_count(tie)))
    assert "入选1个。尚缺名额1个。" in text(count_sheet(a_count(short)))


def test_a_void_round_is_said_to_be_void() -> None:
    void = decided(standings=[Standing.VOID] * 3, is_valid=False)

    assert "本次投票无效" in text(count_sheet(a_count(void)))
    assert "本次投票无效" in text(count_sheet(a_count(rated(is_valid=False))))


def test_for_and_against_are_counted_apart_and_a_run_off_has_its_number() -> None:
    said = text(count_sheet(a_count(decided(is_each=True), round=2)))

    assert "赞成反对弃权" in said
    assert "教育惠民2001130" in said
    assert "第2轮" in said


def test_a_count_by_hand_is_marked_and_has_void_papers() -> None:
    said = text(count_sheet(a_count(is_by_hand=True, void_papers=2)))

    assert "人工计票" in said
    assert "有效票311无效票2" in said


def test_a_rating_shows_both_rates_and_the_grade() -> None:
    said = text(count_sheet(a_count(rated())))
    without = text(count_sheet(a_count(rated(abstain=None))))

    assert "住房保障1754340" in said
    assert "78.83%98.20%满意" in said
    assert "不满意" in said
    assert "弃权" in said
    assert "弃权" not in without


def an_announcement(**changes: Any) -> Announcement:
    """Give an announcement."""
    base = Announcement(
        HEADING, 3, 2026, date(2026, 2, 1), date(2026, 2, 2), decided((200, 300, 90))
    )
    return replace(base, **changes)


def test_the_announcement_names_the_chosen_in_the_order_that_the_rules_say() -> None:
    by_votes = text(announcement(an_announcement()))
    by_ballot = text(announcement(an_announcement(order=Order.BALLOT)))

    assert "第3号" in by_votes
    assert "1．教育惠民2．住房保障现予公告" in by_votes
    assert "1．住房保障2．教育惠民现予公告" in by_ballot
    assert "2026年2月2日" in by_votes
    assert "养老服务" not in by_votes


def test_a_rating_is_announced_as_a_table() -> None:
    said = text(announcement(an_announcement(figures=rated())))

    assert "满意度测评" in said
    assert "住房保障17543478.83%满意" in said


def test_a_rehearsal_is_marked_on_every_page_and_never_announced() -> None:
    printed = pages(print_document(chair_script(a_script(heading=REHEARSAL))))

    assert len(printed) > 1
    assert all("演练" in page for page in printed)
    with pytest.raises(ValueError, match="rehearsal"):
        announcement(an_announcement(heading=REHEARSAL))


def test_the_rules_are_numbered_and_carry_version_and_hash() -> None:
    said = text(rules_sheet(HEADING, rules_view()))
    draft = text(rules_sheet(HEADING, rules_view(is_adopted=False)))
    rating = text(rules_sheet(HEADING, rules_view(kind=BallotKind.RATING)))

    assert "第一条为做好" in said
    assert "第十七条" in said
    assert "b" * 64 in said
    assert "2026年2月1日通过" in said
    assert "草案，第2稿" in draft
    assert "b" * 64 not in draft
    assert "满意度测评办法" in rating


def test_the_script_leaves_blank_what_is_not_known() -> None:
    said = text(chair_script(a_script()))

    assert "实到代表＿＿＿名" in said
    assert "发出表决卡＿＿＿张" in said


def test_the_script_has_the_figures_of_the_day() -> None:
    said = text(
        chair_script(
            a_script(
                chief="欧阳文静",
                scrutineers=("王𠮷", "李㐂"),
                attended=Attended(314, 12),
                turnout=TURNOUT,
                figures=decided(),
            )
        )
    )

    for words in (
        "实到代表314名，请假12名",
        "欧阳文静为总监票人，王𠮷、李㐂为监票人",
        "发出表决卡314张，收回表决票313张",
        "1．住房保障，得赞成票300票",
        "同意的请举手",
        "2026年度民生实事项目票决产生",
    ):
        assert words in said


def test_the_script_does_not_declare_what_is_still_open() -> None:
    tie = text(chair_script(a_script(figures=decided((300, 200, 200), standings=TIE))))
    short = text(
        chair_script(
            a_script(figures=decided(standings=(Standing.ELECTED, *[Standing.NOT_ELECTED] * 2)))
        )
    )

    assert "再次投票" in tie
    assert "尚缺名额1个，按照票决办法的规定办理" in short
    assert "我宣布" not in tie + short


PAPER = BallotPaper(
    HEADING,
    "2026年度民生实事项目",
    (BallotLine("住房保障", "开工建设", "总投资1万元"),),
    DecisionSettings(1),
)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (DecisionSettings(10), ["赞成", "多于10个的为无效票，等于或者少于"]),
        (DecisionSettings(10, minimum=Minimum.SEATS), ["多于或者少于10个的为无效票"]),
        (DecisionSettings(10, Style.EACH), ["赞成反对弃权", "不得超过10个"]),
        (RatingSettings(), ["满意基本满意不满意弃权", "满意度测评票"]),
        (RatingSettings(abstain=False), ["满意基本满意不满意1"]),
    ],
)
def test_the_paper_has_boxes_and_notes_of_its_rules(settings: Settings, words: list[str]) -> None:
    (said,) = pages(print_ballot(replace(PAPER, settings=settings)))

    assert [word for word in words if word not in said] == []
    assert "住房保障开工建设总投资1万元" in said


def test_a_run_off_paper_has_its_round_and_may_have_another_colour_and_size() -> None:
    pdf = print_ballot(replace(PAPER, round=2, colour=Colour.PINK, paper=Paper.A3))

    assert "第2轮" in pages(pdf)[0]
    assert sizes(pdf) == {(842, 1191)}


def test_two_papers_are_alike_byte_for_byte() -> None:
    assert print_ballot(PAPER, at=AT) == print_ballot(PAPER, at=AT)


def test_a_candidate_is_put_on_paper_with_money_and_deadline() -> None:
    full = Candidate(title="甲", content="乙", total_yuan=4_800_000_000, due_on=date(2026, 11, 30))
    odd = Candidate(title="甲", content="", total_yuan=150, goal="建成投用")
    bare = Candidate(title="甲", content="", goal="")

    assert ballot_line(full).details == "总投资480,000万元；2026年11月30日前完成"
    assert ballot_line(odd).details == "总投资150元；建成投用"
    assert ballot_line(bare).details == ""


def test_markup_in_a_name_is_printed_and_not_obeyed() -> None:
    lines = (BallotLine("#panic() *甲*", "<b>$x$</b>", "@y"),)

    (said,) = pages(print_ballot(replace(PAPER, lines=lines)))

    assert "#panic()*甲*<b>$x$</b>@y" in said


def words_of(data: bytes) -> list[str]:
    """Give the paragraphs of a Word text."""
    return [p.text for p in docx.Document(io.BytesIO(data)).paragraphs if p.text]


def tables_of(data: bytes) -> list[list[list[str]]]:
    """Give the tables of a Word text, row by row."""
    tables = docx.Document(io.BytesIO(data)).tables
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in tables]


def test_the_announcement_and_the_script_are_written_for_word() -> None:
    said = words_of(write_word(announcement(an_announcement())))
    script = words_of(write_word(chair_script(a_script(heading=REHEARSAL))))

    assert said[:3] == ["滨江区第六届人民代表大会第一次会议", "主席团公告", "（第3号）"]
    assert said[-1] == "2026年2月2日"
    assert script[0] == "演练"
    assert "一、宣布开会" in script
    assert "（稍停）" in script


def test_a_word_text_can_hold_every_part_and_no_markup_gets_in() -> None:
    parts = (
        Paragraph("<w:t>&{{ x }}"),
        Line("左", Place.LEFT),
        Cue("提示"),
        Note("注"),
        Signatures(("签名",)),
    )
    document = Document(HEADING, "题", (*parts, *count_sheet(a_count()).parts))

    said = words_of(write_word(document))

    assert said[:6] == ["题", "<w:t>&{{ x }}", "左", "提示", "注", "签名\t____________"]
    assert "应到\t327" in said
    assert tables_of(write_word(document))[0][1][:3] == ["1", "住房保障", "300"]


def test_the_word_template_is_the_one_that_the_tool_makes() -> None:
    assert made() == TARGET.read_bytes()
