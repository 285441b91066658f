"""Sheets to begin with: of a report on duty, of departments, and of a court hearing."""

from __future__ import annotations

from typing import Final

from voting.db import Tx
from voting.models.reviews import ReviewKind, ReviewTemplate
from voting.rules.sheets import GRADES, parse_sheet
from voting.services.ratings.reviews import list_templates

# The words of sheets are printed for members, in the language of the congress.
HEARING: Final = """\
# 庭前准备
庭前材料审阅充分，争议焦点归纳清楚 | 5
程序性事项告知、送达到位 | 5
合议庭分工明确，庭审提纲完备 | 5
# 庭审程序
开庭程序规范，庭审纪律宣布完整 | 5
当事人身份核对和权利义务告知清楚 | 5
法庭调查层次分明，举证质证有序 | 10
法庭辩论围绕焦点，保障各方充分发言 | 10
释明权行使适当，调解工作到位 | 5
庭审笔录完整准确 | 5
# 庭审驾驭
审判长指挥有力，节奏把握得当 | 5
中立公正，平等对待各方当事人 | 5
语言规范，表达清晰，普通话标准 | 5
处置突发情况沉着妥当 | 5
合议庭成员配合默契，注意力集中 | 5
# 庭审礼仪与效果
着装规范，举止得体，法徽法袍使用正确 | 5
庭审设施齐备，公开直播正常 | 5
法律适用说理充分，当事人听得明白 | 5
旁听反映良好，法治宣传效果明显 | 5
"""
DUTY: Final = """\
# 述法评议
学法用法情况
依法决策情况
依法行政、公正司法情况
接受人大监督情况
总体评价
"""
DEPARTMENT: Final = """\
# 工作评议
总体评价
"""
DEFAULTS: Final = (
    ("庭审评查评分表", HEARING, ()),
    ("述法评议测评表", DUTY, GRADES),
    ("部门工作满意度测评表", DEPARTMENT, GRADES),
)


def offer_templates(tx: Tx, congress_id: int) -> None:
    """Put the usual sheets in where a congress has none."""
    if not list_templates(tx, congress_id):
        for name, text, grades in DEFAULTS:
            sheet = parse_sheet(text, grades)
            kind = ReviewKind.SCORES if sheet.is_scored else ReviewKind.GRADES
            tx.add(
                ReviewTemplate(congress_id=congress_id, name=name, kind=kind, content=sheet.plain)
            )
        tx.flush()
