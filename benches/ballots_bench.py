"""How much the check of a ballot costs beside the bare curve arithmetic that it cannot do without.

The ballot is one on thirteen projects of which up to ten may be approved, or an abstention. Its
check goes from bytes to verdict: reading, signature, proof. Beside it, in turn and in the same
run, the curve library alone does the scalar multiplications and additions of the page's
equations (protocol §6) on the same points. The median of the ratios is what counts.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

import rbcl

from ballots.ballot import Paper, Seed, check_ballot, make_ballot, make_paper
from ballots.cards import CardSecret
from ballots.encoding import parse_b64u, sha256, to_b64u
from ballots.group import PEDERSEN_H, hash_to_point
from ballots.keys import parse_key
from ballots.manifest import Manifest, Option, Question
from ballots.objects import Ballot, Election, Keys, Stored, parse_as, parse_object, store

PROJECTS = 13
MOST = 10
LIMIT = 1.2
BATCHES = 5


class Equations(NamedTuple):
    """The scalars and points that the equations of one ballot multiply and add."""

    scalars: list[bytes]
    points: list[bytes]
    base_scalars: list[bytes]
    additions: int


def thirteen_projects() -> Paper:
    """Lay out the paper, under keys that nobody holds."""
    options = [Option(f"p{i}", f"Project {i}") for i in range(1, PROJECTS + 1)]
    question = Question("projects", "Projects", options, 1, MOST, abstain=True)
    rules = {"seats": MOST, "threshold": "all", "tie": "runoff", "shortfall": "runoff"}
    manifest = Manifest("Projects", "decision", 1, [question], [], rules)
    joint = b"".join(hash_to_point("bench", bytes([slot])) for slot in range(32))
    keys = Keys(sha256(b"ceremony").hex(), to_b64u(joint), [])
    session, of_keys, roll = (sha256(name).hex() for name in (b"session", b"keys", b"roll"))
    return make_paper(store(Election(session, of_keys, roll, manifest)), keys)


def some_ballots(paper: Paper) -> list[Stored]:
    """Make ballots of different cards and selections."""
    made = []
    for i in range(MOST + 1):
        names = [f"p{(i + j) % PROJECTS + 1}" for j in range(i % (MOST + 1))] or ["abstain"]
        card = CardSecret(sha256(b"card %d" % i)[:16])
        seed = Seed(sha256(b"seed %d" % i))
        made.append(make_ballot(paper, card, [("projects", name) for name in names], seed))
    return made


def equations_of(paper: Paper, ballot: Stored) -> Equations:
    """Take the operands of the page's equations from a ballot; its scalars serve as any would."""
    _, value = parse_as(Ballot, ballot.raw)
    slots, blocks = paper.style.slots, len(paper.style.blocks)
    ciphertext, proof = parse_b64u(value.ciphertext), parse_b64u(value.proof)
    heads_and_slots = [ciphertext[i : i + 32] for i in range(0, len(ciphertext), 32)]
    scalars = [proof[i : i + 32] for i in range(64, len(proof), 32)]
    f, z, tau = scalars[:slots], scalars[slots:-1], scalars[-1]
    x = f[0]
    return Equations(
        # x C0 and x C, z K, x E1 and tau H
        scalars=[x] * len(heads_and_slots) + z * slots + [x, tau],
        points=[*heads_and_slots, *paper.keys, proof[:32], PEDERSEN_H],
        # f B, z B, and the sum over the bits
        base_scalars=[*f, *z, f[-1]],
        # two a slot, one a block, two for the bits
        additions=2 * slots + blocks + 2,
    )


def check(paper: Paper, raw: bytes, *, is_new: bool) -> None:
    """Check a ballot from its bytes, and the key of a new card as well."""
    if is_new:
        parse_key.cache_clear()
    check_ballot(paper, parse_object(raw))


def reckon(equations: Equations) -> None:
    """Do the bare arithmetic."""
    for scalar, point in zip(equations.scalars, equations.points, strict=True):
        rbcl.crypto_scalarmult_ristretto255(scalar, point)
    for scalar in equations.base_scalars:
        rbcl.crypto_scalarmult_ristretto255_base(scalar)
    left, right = equations.points[:2]
    for _ in range(equations.additions):
        rbcl.crypto_core_ristretto255_add(left, right)


def measure(rounds: int, *, is_new: bool) -> tuple[list[float], list[float]]:
    """Time checks and bare arithmetic in turn, ballot by ballot, by the processor's clock."""
    paper = thirteen_projects()
    prepared = [(ballot.raw, equations_of(paper, ballot)) for ballot in some_ballots(paper)]
    checks: list[float] = []
    bare: list[float] = []
    for raw, equations in prepared * rounds:
        start = time.thread_time()
        check(paper, raw, is_new=is_new)
        middle = time.thread_time()
        reckon(equations)
        checks.append(middle - start)
        bare.append(time.thread_time() - middle)
    return checks, bare


def quietest(rounds: int, *, is_new: bool) -> tuple[float, float, float]:
    """Give the median ratio and times of the batch in which the machine disturbed least."""
    batches = []
    for _ in range(BATCHES):
        checks, bare = measure(rounds, is_new=is_new)
        ratio = statistics.median(a / b for a, b in zip(checks, bare, strict=True))
        batches.append((ratio, statistics.median(checks), statistics.median(bare)))
    return min(batches)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; with `--check` the exit status is 1 above the limit."""
    parser = argparse.ArgumentParser(description="Time the check of a ballot.")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--check", action="store_true", help=f"fail above {LIMIT}")
    options = parser.parse_args(arguments)
    measure(1, is_new=False)
    ratio, check_time, bare_time = quietest(options.rounds, is_new=False)
    first, _, _ = quietest(options.rounds, is_new=True)
    sys.stdout.write(
        f"one ballot, {PROJECTS} projects, up to {MOST}; medians, quietest of {BATCHES}\n"
        f"  check from bytes     {1000 * check_time:6.3f} ms\n"
        f"  bare arithmetic      {1000 * bare_time:6.3f} ms\n"
        f"  ratio                {ratio:6.3f}     at most {LIMIT}\n"
        f"  ratio, unknown card  {first:6.3f}     its key is checked too, as on the roll\n"
    )
    return 1 if options.check and ratio > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
