"""How customers pay: counted by a job, read in one row, and never on a check's path.

What is averaged, for each customer, over the invoices in its account's currency that were cleared
in the last twelve months, each weighing the most that was ever open of it:

- `days_late`: days from due date to clearing, none for what was paid in time. This is the credit
  bureaus' "days beyond terms" (Experian DBT, Dun & Bradstreet): an early payment does not make up
  for a late one.
- `days_to_pay`: days from issue to clearing.
- `share_in_time`: what part of the amount was cleared by its due date.
- `dso_days`: what is open now (invoices less credit notes and payments on account, at least
  nothing) / the invoices issued in the period * the days of the period: the Credit Research
  Foundation's formula for days sales outstanding. The period is a year, or what has passed since
  the oldest known invoice if that is less. Of the time before the first load only what was still
  open is known, so that for a year a DSO is rather too high than too low.
- `month_average_minor`, `month_largest_minor`: what was invoiced in a full calendar month of the
  last twelve (eleven lie whole within them), counted from the first of them with an invoice.

A document is cleared when its source says so, whether paid, used or cancelled, and on the day on
which it says so.
"""

from dataclasses import dataclass

from app.desk.calendar import Calendar
from app.desk.directory import CustomerUnknownError
from app.desk.work import Work
from app.storage import behaviours
from app.storage.behaviours import Behaviour, Sight, Span

__all__ = ["Behaviour", "Behaviours"]

ACCOUNTS_PER_SPAN = 200
"""How many accounts one transaction goes over, so that none takes long."""

DROPPED_PER_TRANSACTION = 1_000
"""How many old documents one transaction drops."""

HISTORY_DAYS_MIN = 30
"""A younger history gives no DSO."""


@dataclass(frozen=True, slots=True)
class Behaviours:
    """Counts, forgets and reads how customers pay."""

    work: Work
    calendar: Calendar
    keep_days: int

    async def of(self, customer: str) -> Behaviour | None:
        """Say how a customer pays, `None` while nothing is known of it.

        Raises `CustomerUnknownError`.
        """
        is_known, behaviour = await self.work.reading(
            lambda connection: behaviours.find(connection, customer)
        )
        if not is_known:
            raise CustomerUnknownError(customer)
        return behaviour

    async def count(self) -> int:
        """Count anew how all customers pay; gives how many have something to count."""
        sight = Sight(self.calendar.time_zone, self.calendar.fixed_now, HISTORY_DAYS_MIN)
        counted = 0
        span = await self._span_after("")
        while span is not None:
            counted += await self._count(span, sight)
            span = await self._span_after(span.last)
        return counted

    async def drop_old(self) -> int:
        """Drop the documents that were cleared too long ago; gives how many.

        Totals hold open documents only, so that no account changes by it. What is forgotten is
        the document's version: a statement of it that is as late as that opens it again. Kept
        is an invoice for an order that still counts, which it would be taken off once more.
        """
        dropped = 0
        span = await self._span_after("")
        while span is not None:
            some = await self._drop(span)
            dropped += some
            if some < DROPPED_PER_TRANSACTION:
                span = await self._span_after(span.last)
        return dropped

    async def _span_after(self, account: str) -> Span | None:
        return await self.work.reading(
            lambda connection: behaviours.next_span(connection, account, ACCOUNTS_PER_SPAN)
        )

    async def _count(self, span: Span, sight: Sight) -> int:
        return await self.work.writing(
            lambda connection: behaviours.count(connection, span, sight)
        )

    async def _drop(self, span: Span) -> int:
        return await self.work.writing(
            lambda connection: behaviours.drop_cleared(
                connection,
                span,
                keep_days=self.keep_days,
                limit=DROPPED_PER_TRANSACTION,
                fixed_now=self.calendar.fixed_now,
            )
        )
