"""Who acts: noted once per request, so that what is recorded deep inside can name them."""

from contextvars import ContextVar

from app.credit.caller import Caller

_acting: ContextVar[Caller | None] = ContextVar("acting", default=None)


def note_caller(caller: Caller) -> None:
    """Note who asks; it holds for the rest of the request."""
    _acting.set(caller)


def acting() -> Caller | None:
    """Give who acts, or `None` where a command does."""
    return _acting.get()


def acting_person() -> str | None:
    """Give the person who acts, or `None` where a system or a command does."""
    caller = _acting.get()
    return None if caller is None else caller.person


def acting_name() -> str | None:
    """Give how whoever acts is called in a trace, or `None` where a command does."""
    caller = _acting.get()
    return None if caller is None else caller.name
