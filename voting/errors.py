"""Why a request is refused: a message id and its parameters, never prose, never a status.

A service raises one of these; `views/pages.py` gives it status, language and page. The message id
is the English sentence itself with `{name}` places, extracted for translation from these calls:
`raise NotNow("The election {title} is not open.", title=election.title)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Final, Self, TypeAlias

Param: TypeAlias = "str | int | Message"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence to be said in the reader's language: its English id and what fills its places."""

    id: str
    params: dict[str, Param] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in English, for logs of tests and command lines."""
        return self.id.format_map({k: str(v) for k, v in self.params.items()})


def msg(text: str, /, **params: Param) -> Message:
    """Mark a sentence for translation without saying it yet."""
    return Message(text, params)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field of a form, named as the form names it."""

    field: str
    message: Message


class Refused(Exception):
    """The request can't be done; `what` says why and `advice` what can be done now."""

    status: ClassVar[int] = 400
    title: ClassVar[Message] = msg("This can't be done")

    def __init__(self, what: str | Message, /, **params: Param) -> None:
        """Take the sentence as text with parameters, or as a ready message."""
        self.what: Final = what if isinstance(what, Message) else Message(what, params)
        self.advice: Message | None = None
        self.problems: tuple[FieldProblem, ...] = ()
        self.keeps_changes = False
        super().__init__(self.what.id)

    def now(self, advice: str, /, **params: Param) -> Self:
        """Add what the reader can do now."""
        self.advice = Message(advice, params)
        return self

    def recorded(self) -> Self:
        """Refuse, but keep what the transaction noted, such as a failed attempt."""
        self.keeps_changes = True
        return self


class NotFound(Refused):
    """The thing asked for does not exist, or the asker may not know that it does."""

    status = 404
    title = msg("Not found")


class NotAllowed(Refused):
    """The asker's roles do not reach this act."""

    status = 403
    title = msg("Not allowed")


class NotNow(Refused):
    """The act exists but its stage has not come or is over."""

    status = 409
    title = msg("Not possible at this stage")


class Conflict(Refused):
    """Somebody else changed the same thing first, or it exists already."""

    status = 409
    title = msg("Already changed")


class NotValid(Refused):
    """What was sent is not well formed; `problems` names the fields."""

    status = 422
    title = msg("Please check what you entered")

    def at(self, *problems: FieldProblem) -> Self:
        """Name the fields at fault."""
        self.problems = problems
        return self
