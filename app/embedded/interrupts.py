"""Ctrl-C at a moment when half the work would leave something behind."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupts_deferred() -> Iterator[None]:
    """A Ctrl-C while this runs takes effect when it is done. What runs must have a limit."""
    handler = signal.getsignal(signal.SIGINT)
    # Python interrupts the main thread only; a handler set by other means cannot be put back.
    if handler is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: arrived.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if arrived:
            signal.raise_signal(signal.SIGINT)
