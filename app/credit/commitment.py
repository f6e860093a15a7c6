"""The life of one order on its account: what it was granted, what is set aside, what counts.

checked -> reserved -> open (stated by the ERP) -> invoiced | cancelled, or reserved -> expired,
or held. Every step gives a new value; nothing is changed in place.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from app.credit.account import Grant
from app.credit.invoicing import Invoicing
from app.credit.item import DEFAULT_SOURCE
from app.credit.money import Currency
from app.credit.order import Order, OrderState, OrderStatement


@dataclass(frozen=True, slots=True)
class Commitment(Invoicing):
    """What one order ties up. Amounts are in minor units of the order's currency.

    `granted_minor` is the gross amount that a check or a release let pass, and
    `granted_credit_minor` the credit in it. `reserved_minor` is set aside until
    `reserved_until`, or without end while a newer revision is held. `admitted_minor` is the part
    of `stated_minor` that may count: all of it, unless the order is on hold.
    `invoiced_before_minor` is what of the invoices `stated_minor` leaves out already.
    """

    revision: int | None = None
    check_id: str | None = None
    hold_id: str | None = None
    granted_minor: int = 0
    granted_credit_minor: int = 0
    reserved_minor: int = 0
    reserved_until: datetime | None = None
    stated_minor: int | None = None
    admitted_minor: int = 0
    invoiced_before_minor: int = 0
    ship_date: date | None = None
    version: int | None = None
    source: str = DEFAULT_SOURCE
    cancelled: bool = False

    @property
    def counted_minor(self) -> int:
        """The part that counts as open order: what is admitted and not invoiced since."""
        if self.stated_minor is None or self.cancelled:
            return 0
        return max(0, self.admitted_minor - self._invoiced_since_minor)

    @property
    def is_to_invoice(self) -> bool:
        """Whether something of the order, as it is stated, is not invoiced yet."""
        return (self.stated_minor or 0) > self._invoiced_since_minor

    @property
    def _invoiced_since_minor(self) -> int:
        return max(0, self.invoiced_minor - self.invoiced_before_minor)

    @property
    def state(self) -> OrderState:
        """Where the order is in its life; a lapsed reservation shows once `at` is applied."""
        if self.cancelled:
            return OrderState.CANCELLED
        if self.hold_id is not None:
            return OrderState.HELD
        if self.stated_minor is not None:
            return OrderState.OPEN if self.is_to_invoice else OrderState.INVOICED
        if self.is_checked:
            return OrderState.RESERVED if self.granted_minor else OrderState.EXPIRED
        return OrderState.STUB

    @property
    def is_checked(self) -> bool:
        """Whether this service was ever asked about the order."""
        return self.revision is not None

    @property
    def grant(self) -> Grant | None:
        """What the order may still use of what it was granted.

        That is no more credit than it ties up: what a statement or an invoice has freed since
        may have been granted to another order.
        """
        if not self.granted_minor:
            return None
        return Grant(self.granted_minor, min(self.granted_credit_minor, self.tied_up_minor))

    @property
    def tied_up_minor(self) -> int:
        """The credit that the order takes now, beside what is invoiced of it."""
        return self.counted_minor + self.reserved_minor

    @property
    def paid_minor(self) -> int:
        """The part of the grant that needs no credit: prepaid, or on exempt terms."""
        return self.granted_minor - self.granted_credit_minor

    @property
    def is_held_as_stated(self) -> bool:
        """Whether the ERP's statement put the order on hold, and not a check."""
        return self.hold_id is not None and self.check_id is None

    def at(self, now: datetime) -> Self:
        """Give the commitment at that instant: a reservation past its expiry is gone."""
        if self.reserved_until is None or self.reserved_until > now:
            return self
        return self.given_back()

    def given_back(self) -> Self:
        """Give up what is set aside; of the grant stays what the ERP has stated."""
        kept_minor = min(self.granted_minor, self.stated_minor or 0)
        return replace(
            self,
            reserved_minor=0,
            reserved_until=None,
            granted_minor=kept_minor,
            granted_credit_minor=max(0, kept_minor - self.paid_minor),
        )

    @property
    def awaits_no_statement(self) -> bool:
        """Whether the ERP has stated more than was admitted: a grant of it need not expire."""
        if self.cancelled or self.stated_minor is None:
            return False
        return self.stated_minor - self.paid_minor > self.admitted_minor

    def passed(
        self, order: Order, *, credit_minor: int, check_id: str, until: datetime | None
    ) -> Self:
        """Grant the order; sets aside the credit that is neither stated nor invoiced yet.

        What stands stated in another currency keeps counting, and only a passed order that takes
        no credit comes here with it.
        """
        known = self._reopened()
        if known.stated_minor is None:
            known = known.restarted_in(order.currency)
        comparable = known.currency == order.currency.code
        taken_minor = known.counted_minor + known.invoiced_minor
        return replace(
            known,
            revision=order.revision,
            check_id=check_id,
            hold_id=None,
            granted_minor=order.amount_minor if comparable else 0,
            granted_credit_minor=credit_minor if comparable else 0,
            reserved_minor=max(0, credit_minor - taken_minor),
            # What needed no credit ties nothing up, so that there is nothing to expire.
            reserved_until=until if credit_minor else None,
        )

    def held(self, order: Order, *, check_id: str, hold_id: str) -> Self:
        """Stop the order. What an earlier revision was granted keeps counting meanwhile."""
        return replace(
            self._reopened(),
            revision=order.revision,
            check_id=check_id,
            hold_id=hold_id,
            reserved_until=None,
        )

    def restarted_in(self, currency: Currency) -> Self:
        """Give the order in that currency; what was said of it in another one is void."""
        if self.currency == currency.code:
            return self
        ungranted = self._without_grant()
        return replace(ungranted, stated_minor=None, admitted_minor=0).told_in(currency.code)

    def _reopened(self) -> Self:
        """Forget the cancelled statement of an order that is asked about again."""
        if not self.cancelled:
            return self
        return replace(self, cancelled=False, stated_minor=None, admitted_minor=0)

    def must_be_judged(self, statement: OrderStatement) -> bool:
        """Say whether the statement takes more credit than was granted, or was freed since.

        What a statement put on hold is looked at again with every other one.
        """
        if not self.is_checked or self.is_held_as_stated:
            return self.is_held_as_stated
        if statement.currency.code != self.currency or statement.size_minor > self.granted_minor:
            return True
        return self._at_its_word(statement).counted_minor > self.tied_up_minor

    def stated(self, statement: OrderStatement) -> Self:
        """Take the ERP's word for the order; it takes the place of the order's reservation.

        An order that was checked counts at most as far as it ties up credit already; the rest
        must be judged. What the grant needed no credit for does not count.
        """
        stated = self._at_its_word(statement)
        if self.is_checked and (
            statement.currency.code == self.currency or not self.tied_up_minor
        ):
            excess_minor = max(0, stated.counted_minor - self.tied_up_minor)
            stated = replace(stated, admitted_minor=stated.admitted_minor - excess_minor)
        return replace(stated, reserved_minor=0, reserved_until=None)

    def _at_its_word(self, statement: OrderStatement) -> Self:
        known = self.restarted_in(statement.currency)
        return replace(
            known,
            stated_minor=statement.amount_minor,
            admitted_minor=max(0, statement.amount_minor - known.paid_minor),
            invoiced_before_minor=_invoiced_before(known, statement),
            ship_date=statement.ship_date,
            version=self.version if statement.version is None else statement.version,
            source=statement.source,
            cancelled=False,
        )

    def says_the_same(self, statement: OrderStatement) -> bool:
        """Say whether the statement repeats what is known, so that nothing changes.

        A newer version speaks for itself, also where it says the same: it knows of more invoices.
        """
        if statement.version not in {None, self.version}:
            return False
        said = (statement.amount_minor, statement.currency.code, statement.ship_date)
        return (
            not self.cancelled
            and self.source == statement.source
            and statement.invoiced_minor in {None, self.invoiced_before_minor}
            and (self.stated_minor, self.currency, self.ship_date) == said
        )

    def stopped(self, hold_id: str) -> Self:
        """Put the order on hold as the ERP states it; what was admitted keeps counting."""
        return replace(self, hold_id=hold_id, check_id=None)

    def granted_as_stated(self) -> Self:
        """Grant the order as the ERP states it: the rules let it pass, or a person did."""
        stated_minor = self.stated_minor or 0
        granted_minor = max(self.granted_minor, stated_minor + self.invoiced_before_minor)
        return replace(
            self,
            hold_id=None,
            granted_minor=granted_minor,
            granted_credit_minor=granted_minor - self.paid_minor,
            admitted_minor=max(0, stated_minor - self.paid_minor),
        )

    def repeats_cancellation(self, version: int | None) -> bool:
        """Say whether this version cancelled the order before it was asked about anew.

        A version comes from a statement or a cancellation; where nothing is stated, from the
        latter.
        """
        return version is not None and version == self.version and self.stated_minor is None

    def cancelled_now(self, *, version: int | None = None) -> Self:
        """Cancel the order: nothing of it counts or is set aside any more."""
        return replace(
            self._without_grant(),
            hold_id=None,
            admitted_minor=0,
            version=self.version if version is None else version,
            cancelled=True,
        )

    def _without_grant(self) -> Self:
        return replace(
            self, granted_minor=0, granted_credit_minor=0, reserved_minor=0, reserved_until=None
        )

    def invoiced(self, more_minor: int, currency: str) -> Self:
        """Take an invoice for the order off what counts, and what is left of it off the rest."""
        billed = self.billed(more_minor, currency)
        if currency != self.currency:
            return billed
        left_minor = more_minor - (self.counted_minor - billed.counted_minor)
        wanted_minor = max(0, self.reserved_minor - left_minor)
        if left_minor < 0:  # it gives back what it took, as far as the grant still lives
            unused_minor = self.granted_credit_minor - billed.counted_minor - billed.invoiced_minor
            lives = self.reserved_minor or self.reserved_until
            wanted_minor = max(
                self.reserved_minor, min(wanted_minor, unused_minor) if lives else 0
            )
        return replace(billed, reserved_minor=wanted_minor)


def _invoiced_before(known: Commitment, statement: OrderStatement) -> int:
    """Give what the statement leaves out already: what the ERP says, else what we know.

    A first statement of just what was granted confirms the whole order; and so does the first word
    of an order that was never asked about: its invoices may have overtaken it. Not so in a whole
    list, which speaks of the present.
    """
    if statement.invoiced_minor is not None:
        return statement.invoiced_minor
    confirms = statement.amount_minor == known.granted_minor
    is_new = not known.is_checked and not statement.listed
    return 0 if known.stated_minor is None and (confirms or is_new) else known.invoiced_minor
