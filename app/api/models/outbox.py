"""Deliveries as they are read: who was told what, and who could not be."""

from typing import Annotated, Literal, Self

from pydantic import Field

from app.addresses import MAILBOX_LENGTH_MAX
from app.api.models.fields import Answer, Instant, Request
from app.desk.telling import DeliveryRecord

DeliveryState = Literal["waiting", "delivered", "dead", "dropped"]

ReceiverText = Annotated[
    str, Field(min_length=1, max_length=MAILBOX_LENGTH_MAX, pattern="^[!-~]+$")
]
"""An address, or an endpoint's id."""


class RedeliverBody(Request):
    """Whose dead letters are taken up again; null for everybody's."""

    receiver: ReceiverText | None = None


class Redelivered(Answer):
    """How many dead letters were taken up; ask again where it is `at_most`."""

    redelivered: int
    at_most: int


class DeliveryAnswer(Answer):
    """One event for one receiver: an address (`mail`, `digest`) or an endpoint (`webhook`).

    `dead` was given up; `dropped` is for an endpoint that was deleted, or a mail that was old news
    when there was a mail server at last. `status` and `error` are
    what the last try came to, `tries` how many there were since `queued_at`.
    """

    id: str
    event: str
    kind: str
    account: str
    customer: str | None
    order: str | None
    hold: str | None
    occurred_at: Instant
    channel: str
    receiver: str
    state: str
    tries: int
    queued_at: Instant
    next_try_at: Instant | None
    tried_at: Instant | None
    status: int | None
    error: str | None
    ended_at: Instant | None

    @classmethod
    def of(cls, record: DeliveryRecord) -> Self:
        """Describe a delivery."""
        return cls(
            id=record.id,
            event=record.event_id,
            kind=record.kind,
            account=record.account,
            customer=record.customer,
            order=record.order_ref,
            hold=record.hold_id,
            occurred_at=record.occurred_at,
            channel=record.channel,
            receiver=record.receiver,
            state=record.state,
            tries=record.tries,
            queued_at=record.queued_at,
            next_try_at=record.next_at,
            tried_at=record.last_tried_at,
            status=record.last_status,
            error=record.last_error,
            ended_at=record.done_at,
        )


class DeliveryList(Answer):
    """Deliveries, newest first."""

    items: list[DeliveryAnswer]
    next_cursor: str | None
