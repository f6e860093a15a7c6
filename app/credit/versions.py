"""The versions of an open item, put in their place whatever order they arrive in.

The newest version says what is open. What an invoice takes off its order is the most that it came
to since it was last issued anew; paying it does not reopen the order. Both are what all versions
that are known come to in their own order, and not in the order of their arrival.
"""

from app.credit.item import PLAIN, History, OpenItem, Step, version_or_first


def issued(item: OpenItem, known: OpenItem | None) -> OpenItem:
    """Give the item as its newest statement has it, with what was known of it before."""
    if known is None:
        return item if item.bill is None else item._replace(invoiced_minor=item.amount_minor)
    version = known.version if item.version is None else item.version
    stated = _largest(item._replace(version=version), known)
    if item.bill is None:
        return stated
    anew, steps = _before(stated, known)
    return _taking(stated, anew, _with_step(steps, stated))


def ended(known: OpenItem, version: int | None, *, cancelled: bool) -> OpenItem:
    """Give the item cleared, as its newest version has it: paid or used, or `cancelled`."""
    at = known.version if version is None else version
    stated = known.stated_version
    is_plain = known.is_buried or stated == at
    cleared = known._replace(
        cleared=True,
        version=at,
        cancelled=cancelled or known.cancelled,
        history=known.history._replace(stated=None if is_plain else version_or_first(stated)),
    )
    return _taking(cleared, at, ()) if cancelled else cleared


def learnt(known: OpenItem, older: OpenItem) -> OpenItem:
    """Give the item with what a version that is past still tells of it."""
    version, stated = version_or_first(older.version), version_or_first(known.stated_version)
    if version == stated:
        return known
    if known.cleared and version > stated:
        return _told_late(known, older)
    if known.bill is None:
        return known
    if older.bill != known.bill:
        return _ended_once(known, version)
    if version <= version_or_first(known.history.anew):
        return known
    return _taking(known, known.history.anew, _with_step(known.steps, older))


def cancelled_once(known: OpenItem, version: int) -> OpenItem:
    """Give the item with what it tells that a version which is past had cancelled it."""
    is_last_word = known.cleared and version >= version_or_first(known.stated_version)
    return _ended_once(known, version)._replace(cancelled=known.cancelled or is_last_word)


def _told_late(known: OpenItem, older: OpenItem) -> OpenItem:
    """Give a cleared item with what a version says that came later than what is known of it."""
    anew, steps = _before(older, known)
    still_issued = version_or_first(older.version) > version_or_first(anew)
    told = older._replace(
        version=known.version,
        cleared=True,
        cancelled=known.cancelled and not still_issued,
        history=History(stated=None if older.version == known.version else older.version),
    )
    steps = _with_step(steps, older) if still_issued else ()
    return _taking(_largest(told, known), anew, steps)


def _before(item: OpenItem, known: OpenItem) -> tuple[int | None, tuple[Step, ...]]:
    """Give since when, and in which steps, what was known took off the order of that item."""
    if known.is_buried or known.bill == item.bill:
        return known.history.anew, known.steps
    other = max(version_or_first(known.history.anew), version_or_first(known.stated_version))
    return (None if other < 0 else other), ()


def _ended_once(known: OpenItem, version: int) -> OpenItem:
    """Give the item taking nothing off its order for what it was by that version."""
    if version <= version_or_first(known.history.anew):
        return known
    return _taking(known, version, tuple(step for step in known.steps if step[0] > version))


def _with_step(steps: tuple[Step, ...], item: OpenItem) -> tuple[Step, ...]:
    """Put a version in its place; those that a later one comes up to are told no more."""
    if item.bill is None:
        return ()
    version, minor = version_or_first(item.version), item.amount_minor
    later = tuple(step for step in steps if step[0] > version)
    if later and later[0][1] >= minor:
        return steps
    earlier = tuple(step for step in steps if step[0] <= version and step[1] > minor)
    return (*earlier, (version, minor), *later)


def _taking(item: OpenItem, anew: int | None, steps: tuple[Step, ...]) -> OpenItem:
    """Give the item taking off its order the most of these steps, which is the first."""
    history = item.history._replace(anew=anew, steps=steps if len(steps) > 1 else ())
    return item._replace(
        invoiced_minor=steps[0][1] if steps else 0,
        history=PLAIN if history == PLAIN else history,
    )


def _largest(item: OpenItem, other: OpenItem) -> OpenItem:
    """Give the item with the most that was ever open of it, as far as one currency tells."""
    largest_minor = item.largest_minor or item.amount_minor
    if item.currency == other.currency:
        largest_minor = max(largest_minor, other.amount_minor, other.largest_minor or 0)
    known_minor = None if largest_minor == item.amount_minor else largest_minor
    return item._replace(largest_minor=known_minor)
