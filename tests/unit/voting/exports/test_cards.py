"""Cards are printed ten to a page, and say in words what no tablet can be trusted to say."""

from __future__ import annotations

import argparse
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ballots.cards import card_credential, parse_card_code
from ballots.encoding import to_b64u
from tests.unit.voting.exports.pdf import A4, pages, sizes, title
from voting import clock
from voting.commands import cards as command
from voting.exports.cards import CardSheet, PrintedCard, print_cards
from voting.imports.rolls import read_roll
from voting.imports.sheets import read_table


def a_sheet(number: int, *, is_rehearsal: bool = False) -> CardSheet:
    """Make cards that are always the same."""
    cards = [
        PrintedCard(f"A{n:04}", "ABCD-EFGH-JKMN-PQRS-TVWX-YZ01-2345", f"MS1{n}")
        for n in range(number)
    ]
    return CardSheet("滨江区人民代表大会", "第一次会议", cards, is_rehearsal)


def test_ten_cards_stand_on_a_page() -> None:
    pdf = print_cards(a_sheet(21))

    assert [
        page.count("表决卡滨江区") + page.count("ABCD-EFGH-JKMN-PQRS") for page in pages(pdf)
    ] == [
        10,
        10,
        1,
    ]
    assert sizes(pdf) == {A4}


def test_a_rehearsal_is_marked_on_every_card() -> None:
    (real,) = pages(print_cards(a_sheet(3)))
    (rehearsed,) = pages(print_cards(a_sheet(3, is_rehearsal=True)))

    assert (real.count("演练"), rehearsed.count("演练")) == (0, 3)


def test_names_are_printed_and_not_obeyed() -> None:
    sheet = CardSheet('#panic("x") *a*', '$1+1$ `x` \\ "q" #[y]', a_sheet(1).cards)

    (page,) = pages(print_cards(sheet))

    assert '#panic("x")*a*$1+1$`x`\\"q"#[y]' in page.replace("“", '"').replace("”", '"')


def test_the_same_cards_give_the_same_bytes() -> None:
    with clock.stopped(datetime(2026, 2, 1, tzinfo=UTC)):
        assert print_cards(a_sheet(3)) == print_cards(a_sheet(3))


def test_the_document_has_a_title() -> None:
    assert title(print_cards(a_sheet(1))) == "表决卡"


def arguments(folder: Path, **changes: object) -> argparse.Namespace:
    """Give what the command line gives."""
    values: dict[str, object] = {
        "deputies": 12,
        "spare": 10,
        "congress": "滨江区人民代表大会",
        "sitting": "第一次会议",
        "rehearsal": False,
        "prefix": "b",
        "pdf": folder / "cards.pdf",
        "roll": folder / "roll.csv",
        "language": "zh",
    }
    return argparse.Namespace(**{**values, **changes})


@pytest.mark.parametrize(("deputies", "cards"), [(327, 360), (45, 50), (10, 11), (1, 2)])
def test_a_tenth_more_cards_are_made_than_there_are_deputies(deputies: int, cards: int) -> None:
    assert command.count_cards(deputies, command.SPARE_PERCENT) == cards


def test_the_roll_has_the_credentials_of_the_printed_codes_and_no_secret(tmp_path: Path) -> None:
    printed, roll = command.make_cards(3, "A")

    secrets = [parse_card_code(card.code) for card in printed]

    assert [line.credential for line in roll] == [to_b64u(card_credential(s)) for s in secrets]
    assert [parse_card_code(card.scanned) for card in printed] == secrets
    assert len(set(secrets)) == 3
    written = command.roll_file(roll)
    assert read_roll(read_table(written)).lines == tuple(roll)
    assert not any(card.code.encode() in written for card in printed)


def test_the_command_writes_sheet_and_roll_for_their_owner_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(arguments(tmp_path)) == 0

    said = capsys.readouterr().out
    codes = pages((tmp_path / "cards.pdf").read_bytes())
    assert len(codes) == 2
    assert "存根B0014" in codes[1]
    for name in ("cards.pdf", "roll.csv"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        assert name in said
    assert (tmp_path / "roll.csv").read_text().count("\n") == 15


def test_the_command_writes_over_nothing(tmp_path: Path) -> None:
    (tmp_path / "roll.csv").write_text("mine")

    assert command.run(arguments(tmp_path)) == 2

    assert (tmp_path / "roll.csv").read_text() == "mine"


@pytest.mark.parametrize("changes", [{"deputies": 0}, {"deputies": 99_999}, {"prefix": "1"}])
def test_misuse_is_told(tmp_path: Path, changes: dict[str, object]) -> None:
    assert command.run(arguments(tmp_path, **changes)) == 2

    assert list(tmp_path.iterdir()) == []


def test_the_command_line_is_understood() -> None:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())

    given = parser.parse_args(["cards", "--deputies", "45", "--congress", "甲", "--sitting", "乙"])

    assert (given.deputies, given.spare, given.pdf.name) == (45, 10, "cards.pdf")
    assert given.run is command.run
