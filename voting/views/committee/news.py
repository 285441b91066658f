"""The office's news: drafts, what is public and from when, corrections and withdrawals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from flask import Blueprint, redirect, request, url_for
from msgspec import Meta
from werkzeug.wrappers import Response

from voting.db import reading, transaction
from voting.errors import msg
from voting.models.news import NewsItem, NewsKind
from voting.rules.access import Action
from voting.services import news
from voting.services.news import NewsText
from voting.services.people.congresses import CongressCard
from voting.views.fields import Title, read_form
from voting.views.gate import actor, congress, door
from voting.views.pages import render, say

blueprint: Final = Blueprint("newsdesk", __name__, url_prefix="/desk/<slug>/news")


@dataclass(frozen=True, slots=True)
class NewsForm:
    kind: NewsKind
    title: Title
    body: Annotated[str, Meta(min_length=1, max_length=20_000)]


@dataclass(frozen=True, slots=True)
class MomentForm:
    public_from: datetime | None


@dataclass(frozen=True, slots=True)
class ReasonForm:
    reason: Title


@dataclass(frozen=True, slots=True)
class NewsListPage:
    congress: CongressCard
    items: Sequence[NewsItem]
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class NewsPage:
    congress: CongressCard
    item: NewsItem | None
    is_public: bool


@blueprint.get("")
@door(Action.PUBLISH)
def list_page(slug: str) -> str:
    number = max(1, request.args.get("page", 1, type=int))
    with reading() as tx:
        items = news.list_all(tx, actor(), congress().id, number)
        pages = -(-news.count_all(tx, actor(), congress().id) // news.PAGE)
    return render("committee/news.html", NewsListPage(congress(), items, number, pages))


@blueprint.get("/new", defaults={"item_id": None})
@blueprint.get("/<int:item_id>")
@door(Action.PUBLISH)
def item_page(slug: str, item_id: int | None) -> str:
    with reading() as tx:
        item = news.find(tx, actor(), item_id) if item_id else None
    page = NewsPage(congress(), item, item is not None and news.is_public(item))
    return render("committee/news_item.html", page)


@blueprint.post("/new", defaults={"item_id": None})
@blueprint.post("/<int:item_id>")
@door(Action.PUBLISH)
def save(slug: str, item_id: int | None) -> Response:
    form = read_form(NewsForm)
    text = NewsText(form.kind, form.title, form.body)
    with transaction() as tx:
        item = (
            news.rewrite(tx, actor(), item_id, text)
            if item_id
            else news.write(tx, actor(), congress().id, text)
        )
    say(msg("“{title}” is saved.", title=form.title))
    return redirect(url_for(".item_page", slug=slug, item_id=item.id))


@blueprint.post("/<int:item_id>/publish")
@door(Action.PUBLISH)
def publish(slug: str, item_id: int) -> Response:
    form = read_form(MomentForm)
    with transaction() as tx:
        item = news.publish(tx, actor(), item_id, form.public_from)
    say(msg("Everyone can read it now.") if news.is_public(item) else msg("The moment is set."))
    return redirect(url_for(".item_page", slug=slug, item_id=item_id))


@blueprint.post("/<int:item_id>/withdraw")
@door(Action.PUBLISH)
def withdraw(slug: str, item_id: int) -> Response:
    form = read_form(ReasonForm)
    with transaction() as tx:
        news.withdraw(tx, actor(), item_id, form.reason)
    say(msg("The item is withdrawn; its title and your reason stay."))
    return redirect(url_for(".item_page", slug=slug, item_id=item_id))
