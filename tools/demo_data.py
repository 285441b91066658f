"""Make the demonstration's rosters and workbooks, the same bytes every time; nobody in them exists.

Run as `python -m tools.demo_data`. The list of candidates is kept as CSV by hand; its workbook is
made from it.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

FOLDER = Path(__file__).resolve().parent.parent / "voting" / "demo"
DEPUTIES = 327
SEED = "minsheng"
HEADER = ("编号", "姓名", "代表团", "工作单位及职务", "座位", "电话")
SEATS_IN_A_ROW = 20

COMMON_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭"
OTHER_SURNAMES = (
    "马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石"
    "姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文俞卜裘竺楼应骆虞"
    "诸盛章柴屠蒙蓝"
)
SURNAMES = COMMON_SURNAMES * 6 + OTHER_SURNAMES
GIVEN_FIRST = "建国志明海晓丽秀玉文永春德美金红雪小云家国祥凤兴庆光世伟思雨子佳一诗梦宇浩俊嘉欣"
GIVEN_SECOND = "华平军英芳强杰勇敏静磊涛艳萍辉刚娟霞波斌鹏超玲琳洁莹楠轩然涵怡宁妍琪晨阳帆远"
ODD_NAMES = (
    *("王𠮷", "李㐂", "张𬭚", "陈𫖮", "刘䶮"),
    *("欧阳文静", "上官云飞", "司马建中", "诸葛明", "欧阳海", "上官晓燕"),
    *("阿依古丽·买买提", "迪力木拉提·艾山"),
)
DELEGATIONS = (
    *("云溪街道代表团", "江岸街道代表团", "望潮街道代表团", "竹林街道代表团", "东岭街道代表团"),
    *("桥头镇代表团", "石门镇代表团", "青禾镇代表团", "白沙镇代表团", "长桥镇代表团"),
    *("南山乡代表团", "机关与企业代表团", "教科文卫代表团"),
)
POSTS_AT_HOME = (
    *("社区党委书记", "村党支部书记", "社区居民委员会主任", "人大工作委员会主任", "中心幼儿园教师"),
    *("卫生服务中心医师", "种粮大户", "农民", "社区网格员", "个体工商户", "企业车间主任"),
)
POSTS_OF_OFFICES = (
    *("区教育局局长", "区民政局局长", "区财政局副局长", "区卫生健康局局长", "区交通运输局局长"),
    *("区总工会副主席", "区妇联主席", "区残联理事长", "某机械有限公司工程师"),
    *(
        "某纺织有限公司董事长",
        "某物流有限公司驾驶员",
        "某律师事务所律师",
        "区人民法院法官",
        "区人民检察院检察官",
    ),
)
POSTS_OF_SCHOOLS = (
    *("第一中学校长", "实验小学教师", "职业高级中学教师", "第二人民医院护士长", "中医院主任医师"),
    *("区图书馆馆员", "越剧团演员", "区疾控中心医师", "特殊教育学校教师", "青少年宫辅导员"),
)


def people(chance: random.Random) -> list[str]:
    """Make up as many names as there are deputies, no two alike."""
    names = dict.fromkeys(ODD_NAMES)
    while len(names) < DEPUTIES:
        second = chance.choice(GIVEN_SECOND)
        first = chance.choice(GIVEN_FIRST) if chance.random() < 0.8 else ""  # noqa: PLR2004  # most names have three characters
        names[chance.choice(SURNAMES) + first + second] = None
    shuffled = list(names)
    chance.shuffle(shuffled)
    return shuffled


def post(delegation: str, chance: random.Random) -> str:
    """Make up where a deputy works."""
    match delegation:
        case "机关与企业代表团":
            return chance.choice(POSTS_OF_OFFICES)
        case "教科文卫代表团":
            return chance.choice(POSTS_OF_SCHOOLS)
        case _:
            return delegation.removesuffix("代表团") + chance.choice(POSTS_AT_HOME)


def roster() -> list[tuple[str, ...]]:
    """Make up the roster, delegation by delegation."""
    chance = random.Random(SEED)  # noqa: S311  # made-up names need no secrecy
    rows: list[tuple[str, ...]] = []
    for place, name in enumerate(people(chance)):
        delegation = DELEGATIONS[place * len(DELEGATIONS) // DEPUTIES]
        seat = f"{place // SEATS_IN_A_ROW + 1:02}排{place % SEATS_IN_A_ROW + 1:02}座"
        # No telephone number in China begins with 100000.
        phone = f"100000{place + 1:05}"
        rows.append((f"{place + 1:03}", name, delegation, post(delegation, chance), seat, phone))
    return rows


def as_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """Write CSV as spreadsheet programs open it: UTF-8 with a mark, lines ended their way."""
    memory = io.StringIO()
    csv.writer(memory, lineterminator="\r\n").writerows([header, *rows])
    return memory.getvalue().encode("utf-8-sig")


def as_workbook(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Write a workbook whose bytes don't depend on the day."""
    memory = io.BytesIO()
    book = xlsxwriter.Workbook(memory, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2026, 1, 1, tzinfo=UTC)})
    bold = book.add_format({"bold": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("名单")
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, header, bold)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(line, column, value, day)
            else:
                sheet.write(line, column, value)
    sheet.autofit()
    book.close()
    return memory.getvalue()


def candidates() -> tuple[list[str], list[list[Any]]]:
    """Read the list of candidates with numbers as numbers and dates as dates."""
    text = (FOLDER / "candidates.csv").read_text(encoding="utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    return header, [[_typed(value) for value in row] for row in rows]


def _typed(text: str) -> Any:
    if text.isdecimal():
        return int(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def made() -> dict[str, bytes]:
    """Give all files that are made, by name."""
    rows = roster()
    header, listed = candidates()
    return {
        "roster.csv": as_csv(HEADER, rows),
        "roster.xlsx": as_workbook(HEADER, rows),
        "candidates.xlsx": as_workbook(header, listed),
    }


def main() -> None:
    """Write them into the demonstration's folder."""
    for name, content in made().items():
        (FOLDER / name).write_bytes(content)
        print(f"{name}: {len(content)} bytes")


if __name__ == "__main__":
    main()
