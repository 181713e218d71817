"""The worker: posts what waits in the outbox and does the chores. Any number of them may run at the same time."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from threading import Event, Thread

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from planner import outbox, post
from planner.accounts.chores import forget_old_sign_ins
from planner.admin.chores import forget_link_requests, keep_to_the_plan
from planner.delegations.chores import forget_invitations
from planner.limits import forget_old_tries
from planner.materials.chores import drop_deleted_documents
from planner.outbox import Parcel
from planner.post import Carrier, NotNow, Refused, Unsure, carrier
from planner.registration.chores import drop_loose_files
from planner.registration.link_again import send_asked_links
from planner.registration.serving import serve_waiting_lists
from planner.registration.unconfirmed import forget_unconfirmed
from planner.settings import settings

IDLE = 1.0
"""Seconds between looks into an empty outbox."""

PAUSE = 5.0
"""Seconds to wait when the database is away."""

CHORE_INTERVAL = 60.0
"""Seconds between rounds of chores."""

CHORES: list[Callable[[], None]] = [
    send_asked_links,
    forget_old_sign_ins,
    forget_old_tries,
    forget_unconfirmed,
    forget_invitations,
    drop_loose_files,
    drop_deleted_documents,
    serve_waiting_lists,
    forget_link_requests,
    keep_to_the_plan,
]
"""What happens unasked: called every minute by every worker, so each must be harmless when done twice at once."""

_AWAY = (OperationalError, InterfaceError, NoConnectionLeft)

log = structlog.get_logger()


def main() -> None:
    """Work until SIGTERM or SIGINT; the letter in hand is finished first. Raises ValueError for a bad mail address."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        # The handler interrupts the thread that waits on this very event and may hold its lock: set it from another.
        signal.signal(number, lambda *_: Thread(target=stop.set).start())
    run(stop)


def run(stop: Event) -> None:
    """Post letters one by one and do the chores every minute until `stop` is set. Survives whatever goes wrong.

    Logs name letters by number and faults by kind, because their texts hold addresses.
    """
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    mail = carrier(settings().mail_url)
    chores_due = time.monotonic()
    while not stop.is_set():
        if time.monotonic() >= chores_due:
            do_chores()
            chores_due = time.monotonic() + CHORE_INTERVAL
        stop.wait(_post_next(mail, name, stop))
    mail.rest()


def do_chores() -> None:
    """One round: a chore that fails does not keep the others from being done."""
    for chore in CHORES:
        try:
            chore()
        except Exception as error:
            log.error("chore failed", chore=chore.__name__, fault=type(error).__name__)


def _post_next(mail: Carrier, name: str, stop: Event) -> float:
    """Post the next due letter; the answer is how many seconds to wait before the one after."""
    try:
        # One at a time: when this process dies, one letter is in doubt and not a whole batch.
        parcels = outbox.claim(name, repeat_is_harmless=mail.repeat_is_harmless)
        for parcel in parcels:
            _keep(hand_over(mail, parcel), stop)
    except Exception as error:
        log.error("worker in trouble", fault=type(error).__name__)
        return PAUSE
    if parcels:
        return 0.0
    mail.rest()
    return IDLE


def hand_over(mail: Carrier, parcel: Parcel) -> Callable[[], None]:
    """Hand the letter over; the answer is the mark that its row deserves."""
    outcome, mark = "sent", partial(_mark_sent, parcel)
    try:
        mail.deliver(parcel)
    except Refused as error:
        outcome, mark = "refused", partial(outbox.mark_failed, parcel, str(error))
    except NotNow as error:
        outcome, mark = "delayed", partial(outbox.mark_delayed, parcel, str(error))
    except Unsure as error:
        outcome, mark = "in doubt", partial(outbox.mark_doubtful, parcel, str(error))
    except Exception as error:
        outcome, mark = "in doubt", partial(outbox.mark_doubtful, parcel, repr(error))
    log.info(f"letter {outcome}", letter=parcel.id, attempt=parcel.attempts)
    return mark


def _mark_sent(parcel: Parcel) -> None:
    outbox.mark_sent(parcel)
    if outbox.is_forgotten(parcel):  # somebody was erased meanwhile: the folder keeps no copy either
        post.forget(settings().mail_url, [parcel.message_id])


def _keep(mark: Callable[[], None], stop: Event) -> None:
    """Write the mark, however long the database is away: a letter that left without its mark would leave again."""
    while True:
        try:
            mark()
        except _AWAY as error:
            log.error("database away, letter not marked yet", fault=type(error).__name__)
            if stop.wait(PAUSE):
                return
        else:
            return
