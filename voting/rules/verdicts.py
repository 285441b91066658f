"""What a broken rule of the protocol means to the person at the other end, and its status.

The codes are those of docs/protocol.md, "Rule codes". A rule that people can meet has words of its
own; the others are faults of a client and are named by their code.
"""

from __future__ import annotations

from typing import Final

from voting.errors import Message, Refused, msg

_MALFORMED: Final = 400
_NOT_NOW: Final = 409
_INVALID: Final = 422

# What is true now may change, or somebody else came first: sending another thing may help.
_OF_THE_MOMENT: Final = frozenset(
    {
        "ballot.challenged",
        "ballot.closed",
        "ballot.credential",
        "ballot.reused",
        "ballot.second",
        "ceremony.index",
        "challenge.accepted",
        "decryption.index",
        "issue.credential",
        "milestone.stage",
        "order.annulled",
        "order.repeated",
        "order.state",
        "revoke.credential",
        "revoke.voted",
    }
)

_WORDS: Final[dict[str, tuple[Message, Message]]] = {
    "ballot.closed": (
        msg("The vote is not open."),
        msg("Wait until the chair opens it. After the closing no ballot can be taken."),
    ),
    "ballot.credential": (
        msg("This card is not issued, or it was revoked."),
        msg("Go to the check-in desk with the card."),
    ),
    "ballot.second": (
        msg("Another ballot of this card stands in the log already; the first one counts."),
        msg("If you did not cast it, tell the scrutineers at once."),
    ),
    "ballot.challenged": (
        msg("This ballot was opened to test the tablet and can't be cast any more."),
        msg("Fill in the paper again; the tablet makes a new ballot."),
    ),
    "ballot.reused": (
        msg("The tablet used the same random numbers as another ballot."),
        msg("Use another tablet, and have this one examined."),
    ),
    "challenge.accepted": (
        msg("This ballot was cast and counts; it can't be opened any more."),
        msg("To test a tablet, choose “test” instead of “cast”."),
    ),
    "challenge.ballot": (
        msg("What the tablet opened does not make the ballot that it showed."),
        msg("Take the tablet out of use and tell the scrutineers."),
    ),
    "ceremony.index": (
        msg("This place in the ceremony is taken, or there is none such."),
        msg("Compare the number on your invitation with the list of scrutineers."),
    ),
    "ceremony.share": (
        msg("A share did not open."),
        msg("The ceremony is begun anew; nothing was lost."),
    ),
    "decryption.index": (
        msg("The share of this scrutineer stands in the log already."),
        msg("Nothing more is needed from this scrutineer."),
    ),
    "issue.credential": (
        msg("One of these cards is not on the roll, or was issued before."),
        msg("Scan the cards again; put aside those that were issued."),
    ),
    "revoke.credential": (
        msg("One of these cards is not issued, or was revoked before."),
        msg("Look the card up by its serial number."),
    ),
    "revoke.voted": (
        msg("A ballot of this card was accepted in the vote that is open."),
        msg("The card can be revoked after the vote is closed; its ballot counts."),
    ),
    "milestone.outcome": (
        msg("The outcome named does not decide or rate this project."),
        msg("Look at the outcome of the vote and choose a project from it."),
    ),
    "milestone.stage": (
        msg("The project has not come to this step, or it is archived."),
        msg("Look at the way of the project to see which step is next."),
    ),
    "order.annulled": (msg("This vote was annulled."), msg("Wait for the next vote.")),
    "order.state": (
        msg("It is too early or too late for this."),
        msg("Reload the page to see how far things have come."),
    ),
    "order.repeated": (
        msg("This stands in the log already."),
        msg("Reload the page to see how far things have come."),
    ),
    "order.reference": (
        msg("This belongs to a vote or ceremony that is not in this log."),
        msg("Check that the device uses the address of this congress."),
    ),
    "object.signature": (
        msg("The signature does not hold."),
        msg("Use the card or sheet that belongs to this device, or another device."),
    ),
    "roll.credentials": (
        msg("The list of cards is empty or names a card twice."),
        msg("Make the cards again."),
    ),
    "ceremony.shape": (
        msg("A ceremony has one to nine scrutineers, of whom one to all are needed."),
        msg("Choose other numbers."),
    ),
}


class RuleBroken(Refused):
    """What was sent breaks a rule of the protocol; `rule` is its code and `where` a place."""

    title = msg("The protocol does not allow this")

    def __init__(self, rule: str, where: int | str | None, *, is_malformed: bool) -> None:
        """Say the rule in words where people can meet it."""
        unnamed = msg("What was sent breaks the rule {rule}.", rule=rule)
        what, advice = _WORDS.get(rule, (unnamed, None))
        super().__init__(what)
        self.advice = advice
        self.rule = rule
        self.where = where
        self._is_malformed = is_malformed

    @property
    def status(self) -> int:  # type: ignore[override]  # here it hangs on the rule
        """Give the status: malformed, not now, or invalid."""
        if self._is_malformed:
            return _MALFORMED
        return _NOT_NOW if self.rule in _OF_THE_MOMENT else _INVALID
