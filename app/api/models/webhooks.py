"""Webhook endpoints: what they say, and how they are told to stand."""

from typing import Annotated, Self

from pydantic import Field, Strict

from app.api.models.fields import Answer, Flag, Instant, Request, Text, Whole
from app.desk.egress import URL_LENGTH_MAX
from app.desk.outbox import EventKind
from app.desk.webhooks import Endpoint

OVERLAP_HOURS_MAX = 720

Url = Annotated[str, Strict(), Field(min_length=1, max_length=URL_LENGTH_MAX)]
"""Where an endpoint is called; whether that is allowed, the desk says."""

Events = Annotated[list[EventKind], Field(min_length=1, max_length=len(EventKind))]


class WebhookBody(Request):
    """An endpoint: where it is called, and what it wants to hear."""

    url: Url
    events: Events
    description: Text | None = None
    enabled: Flag = True

    def endpoint(self, webhook: str = "") -> Endpoint:
        """Give the endpoint as it is stored; a new one has no id yet."""
        events = tuple(kind.value for kind in dict.fromkeys(self.events))
        return Endpoint(webhook, self.url, events, self.description, self.enabled)


class RotateBody(Request):
    """For how long the secret before goes on signing beside the new one."""

    overlap_hours: Annotated[Whole, Field(ge=0, le=OVERLAP_HOURS_MAX)] = 24


class WebhookAnswer(Answer):
    """An endpoint. `disabled_reason` says why, where its receiver wanted nothing more.

    Until `previous_secret_until` an earlier secret signs beside the newest one.
    """

    id: str
    url: str
    events: list[str]
    description: str | None
    enabled: bool
    disabled_reason: str | None
    created_at: Instant | None
    previous_secret_until: Instant | None

    @classmethod
    def of(cls, endpoint: Endpoint) -> Self:
        """Describe an endpoint, without its secret."""
        return cls(**_told(endpoint))


class WebhookSecretAnswer(WebhookAnswer):
    """An endpoint with its secret, which is told this once only."""

    secret: str

    @classmethod
    def with_secret(cls, endpoint: Endpoint, secret: str) -> Self:
        """Describe an endpoint, with its secret."""
        return cls(**_told(endpoint), secret=secret)


class WebhookList(Answer):
    """Endpoints, oldest first."""

    items: list[WebhookAnswer]
    next_cursor: str | None


def _told(endpoint: Endpoint) -> dict[str, object]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": list(endpoint.events),
        "description": endpoint.description,
        "enabled": endpoint.enabled,
        "disabled_reason": endpoint.disabled_reason,
        "created_at": endpoint.created_at,
        "previous_secret_until": endpoint.previous_until,
    }
