"""The two ways in which a check of the protocol fails, each with the rule that was broken."""


class BallotError(Exception):
    """A check failed: `rule` is a code of the table in `docs/protocol.md`, `where` a place.

    Nothing else is kept, so that no secret can travel in an error. `where` is a position in
    what was checked (an entry, a slot, a trustee's index) or a file's name in a record.
    """

    def __init__(self, rule: str, where: int | str | None = None) -> None:
        """Keep the rule's code and the place."""
        super().__init__(rule if where is None else f"{rule} at {where}")
        self.rule = rule
        self.where = where

    def __reduce__(self) -> tuple[type["BallotError"], tuple[str, int | str | None]]:
        """Let the error cross to another process whole."""
        return type(self), (self.rule, self.where)


class Malformed(BallotError):
    """The bytes are not of the form that the page asks for."""


class Invalid(BallotError):
    """The form is right, what it claims is not."""
