import threading
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread
from pytestqt.qtbot import QtBot

from watchword.desktop.background.jobs import Job, Jobs, Lane
from watchword.errors import BugError, KnownError, WatchwordError


def test_work_is_done_elsewhere_and_told_on_the_gui_thread(qtbot: QtBot, jobs: Jobs) -> None:
    where: list[Any] = []
    jobs.run(
        threading.current_thread,
        on_done=lambda worker: where.extend([worker, QThread.currentThread()]),
    )
    qtbot.waitUntil(lambda: bool(where))
    application = QCoreApplication.instance()
    assert application is not None
    assert where[0] is not threading.main_thread()
    assert where[1] is application.thread()


def test_an_error_of_the_family_reaches_on_error(qtbot: QtBot, jobs: Jobs) -> None:
    heard: list[WatchwordError] = []

    def fail() -> None:
        raise KnownError("The server cannot be reached")

    jobs.run(fail, on_error=heard.append)
    qtbot.waitUntil(lambda: bool(heard))
    assert heard[0].title == "The server cannot be reached"


def test_a_bug_frees_the_page_and_the_next_job_still_runs(
    qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    hooked: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: hooked.append(args.exc_type))

    def bug() -> float:
        return 1 / 0

    jobs.run(bug, on_error=heard.append, lane=Lane.VAULT)
    qtbot.waitUntil(lambda: bool(heard) and bool(hooked))
    assert isinstance(heard[0], BugError)
    assert hooked == [ZeroDivisionError]
    jobs.run(lambda: "next", on_done=heard.append, lane=Lane.VAULT)
    qtbot.waitUntil(lambda: heard[-1] == "next")


def test_vault_work_keeps_its_order(qtbot: QtBot, jobs: Jobs) -> None:
    order: list[int] = []
    done: list[None] = []
    for number in range(50):
        jobs.run(lambda n=number: order.append(n), on_done=done.append, lane=Lane.VAULT)  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(done) == 50)
    assert order == list(range(50))


def test_an_answer_to_a_page_that_is_gone_is_dropped(qtbot: QtBot, jobs: Jobs) -> None:
    class Page(QObject):
        def __init__(self) -> None:
            super().__init__()
            self.heard: list[str] = []

        def hear(self, text: str) -> None:
            told.append(text)

    told: list[str] = []
    page = Page()
    go = threading.Event()

    def work() -> str:
        go.wait(5)
        return "late"

    jobs.run(work, on_done=page.hear, lane=Lane.VAULT)
    page.deleteLater()
    QCoreApplication.sendPostedEvents(page, 0)
    go.set()
    jobs.run(lambda: "after", on_done=told.append, lane=Lane.VAULT)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["after"]


def test_cancelled_work_is_not_begun(qtbot: QtBot, jobs: Jobs) -> None:
    begun: list[str] = []
    go = threading.Event()
    jobs.run(lambda: go.wait(5), lane=Lane.VAULT)
    jobs.run(lambda: begun.append("cancelled"), lane=Lane.VAULT).cancel()
    jobs.run(lambda: "end", on_done=begun.append, lane=Lane.VAULT)
    go.set()
    qtbot.waitUntil(lambda: bool(begun))
    assert begun == ["end"]


def test_stopping_waits_for_the_vault_and_tells_nothing_more(qtbot: QtBot) -> None:
    jobs = Jobs()
    saved: list[str] = []
    told: list[object] = []
    go = threading.Event()

    def save() -> None:
        go.wait(5)
        saved.append("saved")

    jobs.run(save, on_done=told.append, lane=Lane.VAULT)
    threading.Timer(0.05, go.set).start()
    jobs.stop()
    assert saved == ["saved"]
    QCoreApplication.processEvents()
    assert told == []


class Opened:
    """A value with keys in it."""

    def __init__(self) -> None:
        self.wiped = threading.Event()


def test_a_value_nobody_takes_is_discarded_and_one_that_is_taken_is_not(
    qtbot: QtBot, jobs: Jobs
) -> None:
    taken, late, orphan, unread = (Opened() for _ in range(4))
    got: list[Opened] = []
    page = QObject()
    go = threading.Event()

    def after(value: Opened) -> Opened:
        go.wait(5)
        return value

    def run(value: Opened, page: QObject | None = None) -> Job:
        return jobs.run(
            lambda: after(value),
            on_done=got.append,
            lane=Lane.VAULT,
            page=page,
            discard=lambda v: v.wiped.set(),
        )

    run(taken)
    cancelled = run(late)
    run(orphan, page)
    qtbot.waitUntil(lambda: jobs._lanes[Lane.VAULT].unfinished == 3)
    page.deleteLater()
    QCoreApplication.sendPostedEvents(page, 0)
    cancelled.cancel()
    go.set()
    qtbot.waitUntil(orphan.wiped.is_set)
    assert got == [taken]
    assert not taken.wiped.is_set()
    run(unread)
    jobs.stop()
    assert unread.wiped.is_set()


def test_a_cancel_while_it_works_wipes_what_comes_of_it(qtbot: QtBot, jobs: Jobs) -> None:
    value, begun, go = Opened(), threading.Event(), threading.Event()
    told: list[object] = []

    def work() -> Opened:
        begun.set()
        go.wait(5)
        return value

    job = jobs.run(
        work, on_done=told.append, lane=Lane.VAULT, discard=lambda opened: opened.wiped.set()
    )
    assert begun.wait(5)
    job.cancel()
    go.set()
    assert value.wiped.wait(5)
    jobs.run(lambda: "next", on_done=told.append, lane=Lane.VAULT)
    qtbot.waitUntil(lambda: told == ["next"])


def test_a_worker_without_work_goes_and_another_comes(
    qtbot: QtBot, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watchword.desktop.background.jobs.IDLE_SECONDS", 0.02)
    workers: list[threading.Thread] = []
    for number in range(1, 4):
        jobs.run(threading.current_thread, on_done=workers.append, lane=Lane.VAULT)
        qtbot.waitUntil(lambda number=number: len(workers) == number)  # type: ignore[misc]
        qtbot.waitUntil(lambda: not workers[-1].is_alive())
    assert len(set(workers)) == 3
    # Nobody is lost who comes as the worker goes.
    monkeypatch.setattr("watchword.desktop.background.jobs.IDLE_SECONDS", 0.0005)
    done: list[int] = []
    for number in range(2000):
        jobs.run(lambda n=number: n, on_done=done.append, lane=Lane.VAULT)  # type: ignore[misc]
    qtbot.waitUntil(lambda: done == list(range(2000)))
