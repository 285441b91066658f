"""Test every mutant of a plan in a process of its own: pytest's part of `tools.mutants`.

What the tests share (a congress, a log) is built before anything is spoilt. So a mutant meets
what honest code wrote, and can't pass by agreeing with itself.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import pytest
from mutmut.mutation import trampoline

Function: TypeAlias = Callable[..., Any]

PLAN = Path("plan.json")
RESULTS = Path("results.json")
PATIENCE = 2  # seconds of a processor's time that a test gets beyond ten times what it costs
MEMORY = 6 * 1024**3


class Place:
    """Where a function with mutants stands, and which of them is called there now."""

    def __init__(self, function: Function, mutants: dict[str, Function]) -> None:
        self.module = function.__module__
        self.function = function
        self.mutants = mutants

    def note_calls(self, called: set[str]) -> None:
        """Note the function's name where it is called."""
        function = self.function
        name = _function_of(f"{self.module}.{self.mutants['_mutmut_orig'].__name__}")

        def call(*args: Any, **kwargs: Any) -> Any:
            called.add(name)
            return function(*args, **kwargs)

        self.function = call


PLACES: list[Place] = []


def _with_place(mutants: dict[str, Function]) -> Callable[[Function], Function]:
    """Stand in for mutmut's own switch, which reads the environment at every call."""

    def decorate(function: Function) -> Function:
        place = Place(function, mutants)
        PLACES.append(place)

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            return place.function(*args, **kwargs)

        return call

    return decorate


# Before the tests' own set-up imports anything of `ballots`.
trampoline.wrap_in_trampoline = _with_place  # type: ignore[assignment]


class Rounds:
    """Runs the tests once to learn which of them come by a function, then on each mutant."""

    def __init__(self) -> None:
        self.plan = json.loads(PLAN.read_text(encoding="utf-8"))
        self.items: dict[str, pytest.Item] = {}
        self.failed = False
        self.cost: dict[str, float] = {}
        self.tests: dict[str, list[str]] = {}
        self.good_at: dict[str, list[str]] = defaultdict(list)
        self.running: dict[int, tuple[str, int]] = {}
        self.results: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test failed."""
        self.failed |= report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Test the mutants instead of running the tests."""
        plugins = session.config.pluginmanager
        plugins.unregister(plugins.get_plugin("terminalreporter"))
        self.items = {item.nodeid: item for item in session.items}
        self._build_what_tests_share()
        self._learn()
        self._check_that_nothing_fails_by_itself()
        gc.freeze()  # so that mutants share this process's memory
        for mutant in self.plan["mutants"]:
            while len(self.running) >= self.plan["jobs"]:
                self._wait()
            self._test(mutant, self._choose(mutant))
        while self.running:
            self._wait()
        RESULTS.write_text(json.dumps(self.results), encoding="utf-8")
        session.testsfailed = 0
        return True

    def _run(self, name: str, following: str) -> bool:
        """Run a test and tell whether it passed; what the following one needs too lives on."""
        self.failed = False
        item = self.items[name]
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=self.items[following])
        return not self.failed

    def _make_way_for(self, name: str) -> None:
        """Take down what the test that ran last needed and this one doesn't."""
        item = self.items[name]
        item.session._setupstate.teardown_exact(item.parent)  # type: ignore[arg-type]  # noqa: SLF001  # a test's file will do

    def _build_what_tests_share(self) -> None:
        """Run one test for each fixture that lives as long as the session."""
        built: set[str] = set()
        for name, item in self.items.items():
            fixtures: dict[str, Any] = item._fixtureinfo.name2fixturedefs  # type: ignore[attr-defined]  # noqa: SLF001
            shared = {known for known, found in fixtures.items() if found[-1].scope == "session"}
            if not shared <= built:
                built |= shared
                self._make_way_for(name)
                self._run(name, next(iter(self.items)))

    def _learn(self) -> None:
        """Run all tests, in another process, and note what each costs and calls."""
        read, write = os.pipe()
        if os.fork() == 0:
            _end_after(lambda: self._tell_what_tests_do(write))
        os.close(write)
        with os.fdopen(read) as pipe:
            told = json.load(pipe)
        os.wait()
        if told["failed"]:
            _say(f"left out, for they fail with nothing spoilt: {', '.join(told['failed'])}")
        self.cost, self.tests = told["cost"], told["tests"]

    def _tell_what_tests_do(self, write: int) -> None:
        called: set[str] = set()
        for place in PLACES:
            place.note_calls(called)
        cost: dict[str, float] = {}
        tests: dict[str, list[str]] = defaultdict(list)
        failed = []
        names = list(self.items)
        self._make_way_for(names[0])
        for name, following in zip(names, [*names[1:], names[-1]], strict=True):
            called.clear()
            begin = sum(os.times()[:4])
            if not self._run(name, following):
                failed.append(name)
                continue
            cost[name] = sum(os.times()[:4]) - begin
            for function in called:
                tests[function].append(name)
        with os.fdopen(write, "w") as pipe:
            json.dump({"failed": failed, "cost": cost, "tests": tests}, pipe)

    def _check_that_nothing_fails_by_itself(self) -> None:
        """Test a mutant that changes nothing: what notices it would notice everything."""
        for function in list(self.tests)[:3]:
            unspoilt = f"{function}__mutmut_0"
            self._test(unspoilt, self._choose(unspoilt)[-5:])
            self._wait()
            if test := self.results.pop(unspoilt):
                pytest.exit(f"fails with nothing spoilt: {test}", returncode=2)

    def _choose(self, mutant: str) -> list[str]:
        """Give the tests for a mutant: what noticed others of its function, then the cheap."""
        function = _function_of(mutant)
        own = f"test_{function.split('.')[1]}.py"
        good = self.good_at[function]
        others = [test for test in self.tests.get(function, []) if test not in good]
        others.sort(key=lambda test: (own not in test, self.cost[test]))
        seconds = self.plan["seconds"]
        chosen = list(good)
        for test in others:
            seconds -= self.cost[test]
            if seconds > 0:
                chosen.append(test)
        return chosen

    def _test(self, mutant: str, tests: list[str]) -> None:
        if not tests:
            self._note(mutant, "")
            return
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.setpgid(0, 0)
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            _end_after(lambda: self._run_until_noticed(mutant, tests, write))
        os.close(write)
        self.running[pid] = (mutant, read)

    def _run_until_noticed(self, mutant: str, tests: list[str], write: int) -> None:
        trampoline.set_mutant_under_test(mutant)  # for the programs that a test starts
        module, _, name = mutant.rpartition(".")
        for place in PLACES:
            if place.module == module and name in place.mutants:
                place.function = place.mutants[name]
        self._make_way_for(tests[0])
        for test, following in zip(tests, [*tests[1:], tests[-1]], strict=True):
            # What would go on without end is ended by the signal that nothing here answers.
            signal.setitimer(signal.ITIMER_PROF, PATIENCE + 10 * self.cost[test])
            if not self._run(test, following):
                os.write(write, test.encode())
                return
        os.write(write, b"-")

    def _wait(self) -> None:
        pid, status = os.wait()
        mutant, read = self.running.pop(pid)
        # Helpers that a mutant started and left would hold the pipe open.
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        with os.fdopen(read) as pipe:
            test = pipe.read()
        if test == "-":
            self._note(mutant, "")
            return
        self._note(mutant, test or f"ended with {os.waitstatus_to_exitcode(status)}")
        if test:
            good = self.good_at[_function_of(mutant)]
            good[:] = [test, *(other for other in good if other != test)]

    def _note(self, mutant: str, test: str) -> None:
        self.results[mutant] = test
        done = len(self.results)
        if done % 100 == 0:
            survivors = sum(not told for told in self.results.values())
            _say(f"{done} of {len(self.plan['mutants'])} tested, {survivors} survived")


def _function_of(mutant: str) -> str:
    return mutant.partition("__mutmut_")[0]


def _say(line: str) -> None:
    print(line, file=sys.__stderr__, flush=True)


def _end_after(work: Callable[[], None]) -> NoReturn:
    """Do a forked process's work with nothing remembered and a temporary folder of its own."""
    for name, module in list(sys.modules.items()):
        if name.startswith("ballots."):
            for member in vars(module).values():
                if hasattr(member, "cache_clear"):
                    member.cache_clear()
    tempfile.tempdir = tempfile.mkdtemp(prefix="mutant-")
    try:
        work()
    finally:
        shutil.rmtree(tempfile.tempdir, ignore_errors=True)
        os._exit(0)


def pytest_configure(config: pytest.Config) -> None:
    """Take the place of pytest's own loop."""
    config.pluginmanager.register(Rounds())
