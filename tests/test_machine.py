"""The programs that tests lean on: a database server and a browser, both of the tests' own."""

from __future__ import annotations

import socket

import psycopg
import pytest
from playwright.sync_api import Page


def test_each_test_gets_an_empty_database_of_its_own(postgres_database: str) -> None:
    address = postgres_database.replace("postgresql+psycopg:", "postgresql:")

    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE one (name text)")
        found = connection.execute("SELECT count(*) FROM one").fetchone()

    assert found == (0,)


def test_the_browser_shows_chinese_without_any_installed_font(page: Page) -> None:
    page.set_content("<span id=a>民</span> <span id=b>\U000f0000</span>")

    drawn = page.evaluate(
        """() => ["a", "b"].map(id => {
            const canvas = document.createElement("canvas");
            const pen = canvas.getContext("2d");
            pen.font = "40px sans-serif";
            pen.fillText(document.getElementById(id).textContent, 0, 45);
            return canvas.toDataURL();
        })"""
    )

    assert drawn[0] != drawn[1]


def test_no_test_reaches_another_machine() -> None:
    with socket.socket() as line, pytest.raises(AssertionError):
        line.connect(("192.0.2.1", 80))
