"""The words for what stands in a log: name and meaning of each type, name of each member."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voting.errors import Message, msg


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of object: what it is called, and what it is there for in one sentence."""

    name: Message
    meaning: Message


KINDS: Final[dict[str, Kind]] = {
    "session": Kind(
        msg("Sitting"),
        msg("A sitting of the congress begins, with the number of all its deputies."),
    ),
    "ceremony": Kind(
        msg("Key ceremony"),
        msg("The scrutineers begin to make the keys that seal the ballots; no one holds them all."),
    ),
    "trustee": Kind(
        msg("Registration of a scrutineer"),
        msg("A scrutineer takes part in the key ceremony and is bound to a choice not yet shown."),
    ),
    "trustee-commitment": Kind(
        msg("Key part of a scrutineer"),
        msg("A scrutineer publishes a part of the keys and proves to hold it."),
    ),
    "trustee-confirmation": Kind(
        msg("Confirmation of a scrutineer"),
        msg("A scrutineer confirms that all parts received from the others are right."),
    ),
    "keys": Kind(
        msg("Keys"),
        msg("The public keys under which ballots are sealed, as the ceremony gave them."),
    ),
    "roll": Kind(
        msg("Roll of cards"),
        msg("All printed voting cards by their public keys, before any is handed out."),
    ),
    "issue": Kind(
        msg("Issue of cards"),
        msg("Cards that are good for voting from here on; not who received them."),
    ),
    "revoke": Kind(msg("Revocation of cards"), msg("Cards that are no longer good, and why.")),
    "election": Kind(
        msg("Vote"),
        msg("What is put to the vote and by which rules; nothing of it can change any more."),
    ),
    "open": Kind(msg("Opening"), msg("The vote is opened.")),
    "ballot": Kind(
        msg("Ballot"),
        msg("A sealed ballot. Nobody can read it; it is only ever added to all the others."),
    ),
    "challenge": Kind(
        msg("Opened ballot"),
        msg("A deputy tested a tablet: this ballot was opened to the public and is not counted."),
    ),
    "close": Kind(msg("Closing"), msg("The vote is closed, with the numbers of that moment.")),
    "tally": Kind(msg("Sum of the ballots"), msg("All sealed ballots added up, still sealed.")),
    "decryption": Kind(
        msg("Share of a scrutineer"),
        msg("A scrutineer's share in unsealing the sum, with the proof that it is right."),
    ),
    "result": Kind(msg("Counts"), msg("The counts that the scrutineers' shares give.")),
    "outcome": Kind(msg("Outcome"), msg("What the rules of the vote make of the counts.")),
    "annul": Kind(msg("Annulment"), msg("The vote ends without a result, for the reason given.")),
    "milestone": Kind(
        msg("Milestone of a project"),
        msg("A project has come to a step; the fingerprint of what is said of it stands here."),
    ),
}

MEMBERS: Final[dict[str, Message]] = {
    "ballot": msg("Ballot"),
    "ballots": msg("Ballots"),
    "ceremony": msg("Key ceremony"),
    "ciphertext": msg("Sealed contents"),
    "coefficients": msg("Key parts"),
    "commit": msg("Commitment"),
    "commitment": msg("Commitment"),
    "congress": msg("Congress"),
    "content": msg("Fingerprint of the content"),
    "counts": msg("Counts"),
    "credential": msg("Public key of the card"),
    "credentials": msg("Public keys of the cards"),
    "deputies": msg("All deputies"),
    "dh": msg("Key for sealing shares"),
    "elected": msg("Elected"),
    "election": msg("Vote"),
    "grades": msg("Grades"),
    "index": msg("Number"),
    "issued": msg("Cards issued"),
    "joint": msg("Joint keys"),
    "keys": msg("Keys"),
    "manifest": msg("What is put to the vote"),
    "name": msg("Title or name"),
    "not_elected": msg("Not elected"),
    "number": msg("Number"),
    "open_seats": msg("Open places"),
    "outcome": msg("Outcome"),
    "present": msg("Deputies present"),
    "previous": msg("Milestone before"),
    "project": msg("Project"),
    "proof": msg("Proof"),
    "quorum": msg("Quorum"),
    "reason": msg("Reason"),
    "required": msg("Votes required"),
    "result": msg("Counts"),
    "roll": msg("Roll of cards"),
    "seed": msg("Random numbers of the tablet"),
    "selections": msg("Choices on the opened ballot"),
    "session": msg("Sitting"),
    "shares": msg("Shares"),
    "sign": msg("Signing key"),
    "signature": msg("Signature"),
    "stage": msg("Step"),
    "tally": msg("Sum of the ballots"),
    "threshold": msg("Scrutineers needed"),
    "tied": msg("Tied"),
    "time": msg("Time"),
    "transcript": msg("What is confirmed"),
    "trustees": msg("Scrutineers"),
    "valid": msg("Whether it is valid"),
    "verification": msg("Keys for checking shares"),
    "width": msg("Key slots"),
}
