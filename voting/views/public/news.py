"""News for everyone: the list, one item, and a feed of what is new in a congress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, render_template, request

from voting.db import reading
from voting.models.news import NewsItem
from voting.rules.access import Action
from voting.services import news, reports
from voting.services.people.congresses import CongressCard
from voting.views.gate import congress, door
from voting.views.pages import render

blueprint: Final = Blueprint("news", __name__, url_prefix="/c/<slug>")


@dataclass(frozen=True, slots=True)
class NewsListPage:
    congress: CongressCard
    items: Sequence[NewsItem]
    notices: Sequence[reports.NoticeLine]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class NewsItemPage:
    congress: CongressCard
    item: NewsItem


@blueprint.get("/news")
@door(Action.READ_PUBLIC)
def list_page(slug: str) -> str:
    number = max(1, request.args.get("page", 1, type=int))
    with reading() as tx:
        page = NewsListPage(
            congress(),
            news.list_public(tx, congress().id, page=number),
            reports.list_notices(tx, congress().id),
            number,
            pages=-(-news.count_public(tx, congress().id) // news.PAGE),
        )
        return render("public/news.html", page)


@blueprint.get("/news/<int:item_id>")
@door(Action.READ_PUBLIC)
def item(slug: str, item_id: int) -> str:
    with reading() as tx:
        found = news.find_public(tx, congress().id, item_id)
    return render("public/news_item.html", NewsItemPage(congress(), found))


@blueprint.get("/feed.xml")
@door(Action.READ_PUBLIC)
def feed(slug: str) -> Response:
    with reading() as tx:
        page = reports.read_feed(tx, congress().id)
    text = render_template("public/feed.xml", page=page, congress=congress())
    return Response(text, content_type="application/atom+xml; charset=utf-8")
