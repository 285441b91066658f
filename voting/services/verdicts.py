"""Turns a failed check of the protocol into a refusal, at the door of every service of the vote."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ballots.errors import BallotError, Malformed
from voting.rules.verdicts import RuleBroken

P = ParamSpec("P")
R = TypeVar("R")


def judged(service: Callable[P, R]) -> Callable[P, R]:
    """Have a service refuse with `RuleBroken` where a check of the protocol fails."""

    @wraps(service)
    def judge(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return service(*args, **kwargs)
        except BallotError as error:
            raise refusal(error) from None

    return judge


def refusal(error: BallotError) -> RuleBroken:
    """Give the refusal for a failed check."""
    return RuleBroken(error.rule, error.where, is_malformed=isinstance(error, Malformed))
