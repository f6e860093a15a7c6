"""What people do with holds, as they say it."""

from typing import Annotated, Literal

from pydantic import Field

from app.api.models.fields import Day, Person, Request, ShortText, Text
from app.api.money import AmountText
from app.credit.caller import same_person
from app.credit.hold import HoldAction, Offer
from app.desk.deeds import Deed

Options = Annotated[tuple[Offer, ...], Field(max_length=len(Offer))]


class ReleaseBody(Request):
    """Release the order: all of it, or up to an amount in its currency, and until a day."""

    reason: ShortText
    note: Text | None = None
    amount: AmountText | None = None
    until: Day | None = None

    def deed(self) -> Deed:
        """Give it as the desk takes it."""
        return Deed(HoldAction.RELEASE, self.reason, self.note, self.amount, self.until)


class RefuseBody(Request):
    """Refuse the order, and say what the customer can do."""

    reason: ShortText
    note: Text | None = None
    options: Options = ()

    def deed(self) -> Deed:
        """Give it as the desk takes it."""
        return Deed(HoldAction.REFUSE, self.reason, self.note, options=self.options)


class CommitteeBody(Request):
    """A committee member's decision; each part of the committee says `for`, or one `against`."""

    vote: Literal["for", "against"]
    reason: ShortText
    note: Text | None = None
    amount: AmountText | None = None
    until: Day | None = None

    def deed(self) -> Deed:
        """Give it as the desk takes it."""
        return Deed(
            HoldAction.COMMITTEE,
            self.reason,
            self.note,
            self.amount,
            self.until,
            in_favour=self.vote == "for",
        )


class AssignBody(Request):
    """Say who looks after the hold; null: nobody."""

    assignee: Person | None
    note: Text | None = None

    def deed(self) -> Deed:
        """Give it as the desk takes it."""
        assignee = None if self.assignee is None else same_person(self.assignee)
        return Deed(HoldAction.ASSIGN, note=self.note, assignee=assignee)


class CommentBody(Request):
    """Say something about the hold."""

    note: Text

    def deed(self) -> Deed:
        """Give it as the desk takes it."""
        return Deed(HoldAction.COMMENT, note=self.note)


class ReasonBody(Request):
    """Why, for an action that needs no more."""

    reason: ShortText | None = None
    note: Text | None = None

    def deed(self, action: HoldAction) -> Deed:
        """Give it as the desk takes it."""
        return Deed(action, self.reason, self.note)
