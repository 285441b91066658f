"""How quickly twenty thousand proposals are listed, searched, compared and counted.

The proposals come in as workbooks, through the import that offices use, into a fresh installation
on SQLite. Then pages are asked for in turn through the whole application, from the request to the
rendered answer. The median of the wall clock is what counts, for each page.
"""

from __future__ import annotations

import argparse
import io
import logging
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

import structlog
import xlsxwriter
from flask.testing import FlaskClient

from tests.application import Member, as_member, enrol
from voting import clock
from voting.app import create_app
from voting.config import Settings
from voting.db import db, transaction
from voting.models.proposals import Audience
from voting.rules.access import Actor
from voting.rules.categories import CATEGORY_ALIASES
from voting.rules.roles import Role
from voting.services import proposals
from voting.services.people import congresses
from voting.services.proposals import Intake, WindowPlan
from voting.views.gate import limiter

NUMBER: Final = 20_000
IN_A_FILE: Final = 4_000
LIMIT_MS: Final = 200.0
SLUG: Final = "binjiang"

WHERE: Final = [f"{part}街道" for part in ("西兴", "长河", "浦沿")]
COMMUNITIES: Final = ["星民", "滨文", "江三", "缤纷", "钱塘春晓", "冠山", "春波", "白金海岸"]
THINGS: Final = [
    *("电梯", "停车位", "社区食堂", "口袋公园", "充电桩", "公共厕所", "健身步道", "托育点"),
    *("通学路", "路灯", "雨污管网", "垃圾分类房", "图书驿站", "篮球场", "老年活动室", "无障碍坡道"),
]
VERBS: Final = ["加装", "改造", "新建", "增设", "提升", "修缮", "扩建", "整治"]
REASONS: Final = [
    "居民反映强烈，出行十分不便。",
    "现有设施建成已逾二十年，存在安全隐患。",
    "周边学校、医院集中，需求量大。",
    "老年人多，步行十五分钟范围内没有同类设施。",
]
PAGES: Final = {
    "list, public": "/c/{slug}/proposals",
    "list, page 900": "/c/{slug}/proposals?page=900",
    "list, most needed": "/c/{slug}/proposals?order=wanted",
    "list, one category": "/c/{slug}/proposals?category=housing",
    "list, desk": "/desk/{slug}/proposals",
    "search, two characters": f"/c/{{slug}}/proposals?q={quote('电梯')}",
    "search, four characters": f"/c/{{slug}}/proposals?q={quote('加装电梯')}",
    "search, two words": f"/c/{{slug}}/proposals?q={quote('西兴街道 无障碍坡道')}",
    "search, nothing": f"/c/{{slug}}/proposals?q={quote('海底隧道')}",
    "similar while writing": f"/c/{{slug}}/take-part/similar?title={quote('星民社区加装电梯')}",
    "one proposal": "/c/{slug}/proposals/777",
    "charts": "/desk/{slug}/proposals/charts",
}


def workbooks(number: int) -> Iterator[bytes]:
    """Write lists as offices send them, always the same ones."""
    chance = random.Random(20260201)  # noqa: S311 - made-up proposals need no secret
    names = [aliases[0] for aliases in CATEGORY_ALIASES.values()]
    for start in range(0, number, IN_A_FILE):
        memory = io.BytesIO()
        book = xlsxwriter.Workbook(memory, {"constant_memory": True})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["项目名称", "类别", "地点", "理由", "建设内容", "资金估算（万元）"])
        for line in range(1, min(IN_A_FILE, number - start) + 1):
            community, thing = chance.choice(COMMUNITIES), chance.choice(THINGS)
            verb, house = chance.choice(VERBS), chance.randrange(1, 400)
            title = f"{community}社区{house}幢{verb}{thing}"
            place = f"{chance.choice(WHERE)}{community}社区{house}幢"
            content = f"在{place}附近{verb}{thing}，" + "分两批实施，年底前完成。" * 6
            row = [title, chance.choice(names), place, chance.choice(REASONS), content, house]
            sheet.write_row(line, 0, row)
        book.close()
        yield memory.getvalue()


def furnish(number: int) -> Member:
    """Make a congress that collects, take the lists in, and give somebody of its office."""
    admin = Actor(None, "bench", frozenset({(None, Role.SYSTEM_ADMIN)}))
    with transaction() as tx:
        congress_id = congresses.make_congress(tx, admin, slug=SLUG, name="滨江区人大").id
        office = enrol(tx, "office", (congress_id, Role.SECRETARIAT))
        now = clock.now()
        plan = WindowPlan(2027, "征集", "", Audience.EVERYONE, now, now + timedelta(days=30))
        proposals.save_window(tx, office.actor, congress_id, plan)
    for data in workbooks(number):
        with transaction() as tx:
            intake = Intake(is_looked_at=True)
            proposals.import_proposals(tx, office.actor, congress_id, data, intake=intake)
    return office


def measure(client: FlaskClient, address: str, rounds: int) -> list[float]:
    """Ask for a page several times; gives milliseconds."""
    client.get(address)
    taken = []
    for _ in range(rounds):
        start = time.perf_counter()
        answer = client.get(address)
        taken.append(1000 * (time.perf_counter() - start))
        if answer.status_code != 200:  # noqa: PLR2004 - HTTP
            message = f"{address} answered {answer.status_code}"
            raise RuntimeError(message)
    return taken


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; with `--check` the exit status is 1 above the limit."""
    parser = argparse.ArgumentParser(description="Time pages over many proposals.")
    parser.add_argument("--number", type=int, default=NUMBER)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--check", action="store_true", help=f"fail above {LIMIT_MS} ms")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment({"VOTING_DATA": str(Path(folder))})
        app = create_app(settings)
        limiter.enabled = False
        quiet = structlog.make_filtering_bound_logger(logging.WARNING)
        structlog.configure(wrapper_class=quiet)
        with app.app_context():
            db.create_all()
            start = time.perf_counter()
            client = as_member(app.test_client(), furnish(options.number))
            taken = time.perf_counter() - start
        sys.stdout.write(f"{options.number} proposals, taken in from workbooks in {taken:.0f} s\n")
        worst = 0.0
        for name, address in PAGES.items():
            times = measure(client, address.format(slug=SLUG), options.rounds)
            median = statistics.median(times)
            worst = max(worst, median)
            sys.stdout.write(f"  {name:<26} median {median:6.1f} ms   longest {max(times):6.1f}\n")
        sys.stdout.write(f"  slowest median {worst:.1f} ms, at most {LIMIT_MS:.0f}\n")
    return 1 if options.check and worst > LIMIT_MS else 0


if __name__ == "__main__":
    sys.exit(main())
