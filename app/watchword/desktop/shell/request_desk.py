"""Login requests while the vault is open: from the poll to the banner, the page and the history."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from watchword.approvals.choosing import wrong_choices
from watchword.approvals.decide import begin, is_final, not_sent, record, refused_before
from watchword.approvals.inbox import Answered, Entry, Key, NotOpen, Open
from watchword.approvals.watch import PAUSE_SECONDS, Reply, Watch
from watchword.clock import Clock
from watchword.desktop.approvals.watching import Watching
from watchword.desktop.approvals.words import asked_from, short_age
from watchword.desktop.background.jobs import Jobs
from watchword.desktop.shell.asking_again import AskingAgain
from watchword.desktop.shell.browser import open_in_browser
from watchword.desktop.shell.request_strips import RequestStrips
from watchword.desktop.shell.saving import Saves
from watchword.errors import WatchwordError
from watchword.protocol.request_link import RequestLink
from watchword.providers.login_request import Answer, Decision, Result
from watchword.providers.provider import Providers
from watchword.vault import OpenVault
from watchword.vault.keyring_slot import Keyring

if TYPE_CHECKING:
    from watchword.desktop.approvals.flood_page import FloodPage
    from watchword.desktop.approvals.request_page import RequestPage

_MOST_LISTED = 4
_ON_ITS_WAY_MS = 5000  # a request is here a moment after the login page that links to it


@dataclass(frozen=True, slots=True)
class _Handed:
    """What a browser on this computer handed over for one request."""

    key: Key
    handoff: bytes = field(repr=False)
    tries_left: int | None  # when it came


class RequestDesk(QObject):
    """Owns the strips and the two pages, made when first shown; whoever owns the desk shows them."""

    page_wanted = Signal(object)  # show this page
    left = Signal()  # nothing of it is to be shown any more
    said = Signal(str)
    trouble = Signal(object)  # a WatchwordError that no page is there to show
    account_removed = Signal(str)  # account id: the server removed this device
    history_wanted = Signal()  # nothing waits: show what was
    answered = Signal()  # the history has another line
    put_off = Signal(str)  # a link whose request came while something else was asked
    changed = Signal()

    def __init__(
        self,
        vault: OpenVault,
        providers: Providers,
        clock: Clock,
        jobs: Jobs,
        saves: Saves,
        parent: QObject | None = None,
        *,
        keyring: Keyring | None = None,
    ) -> None:
        """`keyring` None: this installation uses none."""
        super().__init__(parent)
        self._saves = saves
        self._again = AskingAgain(vault, jobs, keyring, self)
        self._vault = vault
        self._clock = clock
        self._shown: Key | None = None
        self._link: RequestLink | None = None  # whose request may be on its way
        self._handed: _Handed | None = None
        self.may_come_up: Callable[[], bool] = lambda: True
        self._on_its_way = QTimer(self)
        self._on_its_way.setSingleShot(True)
        self._on_its_way.setInterval(_ON_ITS_WAY_MS)
        self._on_its_way.timeout.connect(self._give_up_link)
        watch = Watch(
            providers,
            clock,
            was_answered=vault.was_answered,
            wrong_choices=lambda request: wrong_choices(vault.history, request),
        )
        self.watching = Watching(watch, clock, jobs, self)
        self.watching.changed.connect(self._show)
        self.watching.failed.connect(self._failed)
        self.watching.heard.connect(self._keep)
        self.watching.settled.connect(self._settled)
        self.watching.removed.connect(self.account_removed)
        self.strips = RequestStrips(self.watching, clock, self)
        self.strips.banner.clicked.connect(self.open)
        self.strips.pause.clicked.connect(self.resume)
        self._page: RequestPage | None = None
        self._flood: FloodPage | None = None

    @property
    def page(self) -> "RequestPage":
        """The page of one request."""
        if self._page is None:
            from watchword.desktop.approvals.request_page import RequestPage

            self._page = page = RequestPage(self._clock)
            page.answer_asked.connect(self._answer)
            page.keyring_asked.connect(self._ask_keyring)
            page.resend_asked.connect(self._resend)
            page.dismiss_asked.connect(self._dismiss)
            page.pause_asked.connect(self.pause)
            page.next_asked.connect(self._next)
            page.typing_asked.connect(self._type_instead)
            page.back_pressed.connect(self._back)
        return self._page

    @property
    def flood(self) -> "FloodPage":
        """The page for too many requests at once."""
        if self._flood is None:
            from watchword.desktop.approvals.flood_page import FloodPage

            self._flood = flood = FloodPage()
            flood.deny_all_asked.connect(self._deny_all)
            flood.pause_asked.connect(self.pause)
            flood.review_asked.connect(self._next)
            flood.back_pressed.connect(self._leave)
        return self._flood

    @property
    def pages(self) -> tuple[QWidget, ...]:
        """The pages there are, to be destroyed with the desk."""
        return tuple(page for page in (self._page, self._flood) if page is not None)

    @property
    def shows_request(self) -> bool:
        """Whether the page of one request is on the screen."""
        return self._page is not None and self._page.isVisible()

    @property
    def waiting(self) -> int:
        """How many requests wait for an answer."""
        return len(self.watching.inbox.open)

    @property
    def is_answering(self) -> bool:
        """Whether the page shows a request of which something can still become."""
        entry = self.watching.inbox.entry(self._shown) if self._shown is not None else None
        return entry is not None and not entry.settled

    def stop(self) -> None:
        """Ask nobody any more."""
        self.strips.stop()
        self._on_its_way.stop()
        self.watching.stop()

    def open(self) -> None:
        """Show the newest request, or the flood."""
        if self.watching.is_flood and self.waiting:
            self._show_flood()
            self.page_wanted.emit(self.flood)
        elif self.waiting:
            self._next()
        else:
            self.history_wanted.emit()
            self.said.emit(self.tr("No login request waits"))

    # From a browser on this computer ------------------------------------------------------------
    def open_link(self, link: RequestLink) -> None:
        """Show the request that a link names; nobody is contacted because of it.

        Any page can open such a link: nothing but the request itself comes up, and only the
        person answers it.
        """
        self._link = link
        if self._look_for_link():
            return
        if self.watching.expects(str(link.origin)) and not self.watching.paused_for:
            self._on_its_way.start()
        else:
            self._give_up_link()

    def gives_way_to(self, link: RequestLink) -> bool:
        """Whether its page is over, or is that of this very request."""
        entry = self.watching.inbox.entry(self._shown) if self._shown is not None else None
        is_that = entry is not None and entry is self._named(link)
        return self.shows_request and entry is not None and (entry.settled or is_that)

    def _named(self, link: RequestLink) -> Open | None:
        return self.watching.inbox.of_login(str(link.origin), link.login)

    def _look_for_link(self) -> bool:
        """Show the request of the link that was opened; whether it is there."""
        link = self._link
        entry = self._named(link) if link is not None else None
        if link is None or entry is None:
            return False
        self._link = None
        self._on_its_way.stop()
        if not (self.may_come_up() or self.gives_way_to(link)):
            self.put_off.emit(str(link))
            return True
        self._handed = _Handed(entry.key, link.handoff, entry.tries_left)
        self._shown = entry.key
        self._show_entry(entry)
        self.page_wanted.emit(self.page)
        return True

    def _give_up_link(self) -> None:
        self._link = None
        self._on_its_way.stop()
        if self.watching.paused_for:
            self.said.emit(self.tr("Login requests are paused: resume them to see this one"))
        else:
            self.said.emit(self.tr("No such login request is open. Sign in again in the browser"))

    def _type_instead(self) -> None:
        self._handed = None
        self._show()

    def _browse(self, address: str) -> None:
        """Let the browser go on; only the one that began the login is let in there."""
        if not open_in_browser(address):
            self.said.emit(self.tr("No browser could be opened. Sign in again, and type the code"))

    def pause(self) -> None:
        """Ask no server for a quarter of an hour."""
        self.watching.pause(PAUSE_SECONDS)
        self.said.emit(self.tr("Login requests are paused for 15 minutes"))
        self._leave()

    def resume(self) -> None:
        """End the pause: every server is asked again at once."""
        self.watching.pause(0)
        self.said.emit(self.tr("Login requests are asked for again"))

    # From the inbox to the screen ------------------------------------------------------------
    def _show(self) -> None:
        self._look_for_link()
        self.strips.show()
        if self._shown is not None:
            entry = self.watching.inbox.entry(self._shown)
            if entry is not None:
                self._show_entry(entry)
        if self._flood is not None and self._flood.isVisible():
            self._show_flood()
        self.changed.emit()

    def _show_entry(self, entry: Entry) -> None:
        waiting = self.watching.inbox.open
        number = next((n for n, each in enumerate(waiting, 1) if each.key == entry.key), 0)
        handed = self._handed if self._handed and self._handed.key == entry.key else None
        refused = (
            handed is not None
            and isinstance(entry, Open)
            and entry.tries_left not in {None, handed.tries_left}
        )
        if refused:
            self._handed = handed = None
        self.page.show_entry(
            entry,
            number=number,
            waiting=len(waiting),
            by_link=handed is not None,
            keyring=self._again.can_ask_keyring,
        )
        if refused and isinstance(entry, Open):
            self.page.show_link_refused(entry.tries_left or 0)

    def _show_flood(self) -> None:
        from watchword.desktop.look.widgets.fact_list import Fact

        waiting = self.watching.inbox.open
        at = self._clock.monotonic()
        facts = [
            Fact("door", f"{entry.request.service} · {short_age(entry, at)}", asked_from(entry))
            for entry in waiting[:_MOST_LISTED]
        ]
        self.flood.show_requests(facts, len(waiting))

    def _next(self) -> None:
        """Show the request after the one that is shown, round and round; the newest at first."""
        waiting = self.watching.inbox.open
        if not waiting:
            self._leave()
            return
        keys = [entry.key for entry in waiting]
        at = keys.index(self._shown) + 1 if self._shown in keys else 0
        self._drop_question()
        entry = waiting[at % len(waiting)]
        self._shown = entry.key
        self._show_entry(entry)
        self.page_wanted.emit(self.page)

    def _back(self) -> None:
        """Leave a request as it is; one that is settled was seen and goes."""
        if self._shown is not None:
            self.watching.dismiss(self._shown)
        self._leave()

    def _leave(self) -> None:
        self._shown = None
        self._handed = None
        self._drop_question()
        if not self._show_code():
            self.left.emit()

    def _show_code(self) -> bool:
        """Show a code that came while another page was looked at: nowhere else is it to be had."""
        at = self._clock.monotonic()
        entry = next(
            (
                each
                for each in self.watching.inbox.entries
                if isinstance(each, Answered)
                and each.answer.display_code
                and each.seconds_left(at) > 0
            ),
            None,
        )
        if entry is not None:
            self._shown = entry.key
            self._show_entry(entry)
            self.page_wanted.emit(self.page)
        return entry is not None

    # From the person to the server -------------------------------------------------------------
    def _answer(self, key: Key, decision: Decision, code: str, password: str) -> None:
        send = partial(self._send, key, decision, code)
        if password:
            self._again.password(password, send, partial(self.page.show_not_sure, key))
        else:
            self._drop_question()  # who denies while the keyring asks denies
            send()

    def _drop_question(self) -> None:
        self._again.drop()
        if self._page is not None:
            self._page.show_unasked()

    def _ask_keyring(self, key: Key, code: str) -> None:
        send = partial(self._send, key, Decision.APPROVE, code)
        self._again.keyring(send, partial(self.page.show_not_sure, key))

    def _send(self, key: Key, decision: Decision, code: str) -> None:
        handed = self._handed if self._handed and self._handed.key == key else None
        approves = decision is Decision.APPROVE
        handoff = handed.handoff if handed is not None and approves else b""
        try:
            reply = self.watching.answer(key, decision, code, handoff)
        except NotOpen as error:
            self.page.show_error(key, error)
            return
        if approves and refused_before(self._vault.history, reply.request):
            # Of before a lock, it may be, and unconfirmed. The first answer is final, here and at
            # servers that would take another.
            elsewhere = Answer(
                id=reply.request.id,
                result=Result.ANSWERED_ELSEWHERE,
                decided_by=reply.link.device_name,
            )
            self.watching.settle(reply, elsewhere)
            return
        self._send_all([reply])

    def _send_all(self, replies: Sequence[Reply]) -> None:
        """Send answers, written down first, in one save.

        An app that is killed in between has answered all the same. Where they cannot be written
        down, they are sent nevertheless; it is told when what came of them cannot be kept either.
        """

        def send(again: Sequence[bool]) -> None:
            for reply, one in zip(replies, again, strict=True):
                self.watching.send(replace(reply, again=one))

        answers = [(reply.request, reply.decision) for reply in replies]
        self._saves.run(
            partial(begin, self._vault, answers, self._clock.now()),
            on_done=send,
            on_error=lambda _: send([True] * len(replies)),
            page=self,
            quiet=True,
        )

    def _deny_all(self) -> None:
        replies = []
        for entry in self.watching.inbox.open:
            with suppress(NotOpen):  # it ran out of time, or its account was removed
                replies.append(self.watching.answer(entry.key, Decision.DENY))
        self._send_all(replies)
        self.said.emit(self.tr("Denying all of them…"))
        self._leave()

    def _resend(self, key: Key) -> None:
        try:
            self.watching.resend(key)
        except NotOpen as error:
            self.page.show_error(key, error)

    def _dismiss(self, key: Key) -> None:
        self._shown = None
        self.watching.dismiss(key)
        if self._show_code():
            return
        if self.waiting:
            self._next()
        else:
            self._leave()

    def _failed(self, reply: Reply, error: WatchwordError) -> None:
        # Open again, nothing of it was sent; but an earlier try, of before a lock, may have been.
        if isinstance(self.watching.inbox.entry(reply.key), Open) and not reply.again:
            self._saves.run(
                partial(not_sent, self._vault, reply.request, reply.decision, self._clock.now()),
                on_error=lambda _: None,  # what is told is why it was not sent
                page=self,
                quiet=True,
            )
        if reply.key == self._shown:
            self.page.show_error(reply.key, error)
        else:
            self.trouble.emit(error)

    def _keep(self, reply: Reply, answer: Answer) -> None:
        """Write into the history what came of an answer."""
        work = partial(
            record, self._vault, reply.request, reply.decision, answer, self._clock.now()
        )
        # It is in memory by then. Nobody waits for this: no page may come up under an answer.
        self._saves.run(
            work,
            on_done=lambda _: self.answered.emit(),
            again=self._vault.save,
            page=self,
            quiet=True,
        )

    def _settled(self, entry: Answered) -> None:
        """Let the browser go on that waits; a request that nobody looks at is over."""
        if entry.answer.continue_at:
            self._browse(entry.answer.continue_at)
        if not is_final(entry.answer):
            return
        if entry.answer.display_code:
            # Under nobody's fingers: what is looked at meanwhile is left first.
            if not self.shows_request:
                self._show_code()
        elif entry.key != self._shown:
            self.watching.dismiss(entry.key)
