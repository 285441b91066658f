"""Sends residents their codes as short texts, after they are kept; takes back what failed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeAlias

from voting.db import Tx
from voting.errors import NotNow
from voting.i18n import t
from voting.services.ratings import residents
from voting.services.ratings.residents import PollCard
from voting.texting import Gateway

Begin: TypeAlias = Callable[[], AbstractContextManager[Tx]]


def send_codes(
    way: Gateway, poll: PollCard, codes: Sequence[tuple[str, str]], begin: Begin
) -> None:
    """Send pairs of a number and its code. Raises NotNow at the first that can't be sent.

    No transaction is open while the gateway is waited for; what was not sent may be asked again.
    """
    for place, (number, code) in enumerate(codes):
        text = t(
            "Your code for “{title}”: {code}. It is good for one answer.",
            title=poll.title,
            code=code,
        )
        try:
            way.send(number, text)
        except NotNow:
            with begin() as tx:
                for unsent, its_code in codes[place:]:
                    residents.take_back(tx, poll.id, unsent, its_code)
            raise
