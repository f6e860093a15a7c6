"""Webhook endpoints: where other systems want to hear what happens."""

import base64
import os
from dataclasses import dataclass, replace
from datetime import timedelta

import uuid_utils

from app.desk.egress import Egress
from app.desk.unknown import WebhookUnknownError
from app.desk.work import Work
from app.storage import webhooks
from app.storage.database import Connection
from app.storage.webhooks import Endpoint

__all__ = ["Endpoint", "SecretsInUseError", "Webhooks"]

SECRET_BYTES = 32
"""How many random bytes make a secret; the specification asks for 24 to 64."""

EARLIER_MAX = 5
"""How many earlier secrets sign beside the newest one at most."""


class SecretsInUseError(Exception):
    """So many earlier secrets sign yet that there is room for no other."""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Registers endpoints. A secret is told once, when it is made."""

    work: Work
    egress: Egress

    async def add(self, said: Endpoint) -> tuple[Endpoint, str]:
        """Register an endpoint; gives it and its secret. Raises `UrlRefusedError`."""
        await self.egress.target(said.url)
        endpoint = replace(said, id=f"whk_{uuid_utils.uuid7().hex}")
        secret = _new_secret()

        async def act(connection: Connection) -> Endpoint:
            await webhooks.add(connection, endpoint, secret)
            return await _found(connection, endpoint.id)

        return await self.work.writing(act), secret

    async def replace(self, said: Endpoint) -> Endpoint:
        """Replace what an endpoint says; its secret stays.

        Raises `WebhookUnknownError` and `UrlRefusedError`.
        """
        await self.endpoint(said.id)
        await self.egress.target(said.url)

        async def act(connection: Connection) -> Endpoint:
            await webhooks.replace(connection, said)
            return await _found(connection, said.id)

        return await self.work.writing(act)

    async def rotate(self, endpoint: str, *, overlap: timedelta) -> tuple[Endpoint, str]:
        """Give an endpoint a new secret, beside which the one before signs for a while.

        Raises `WebhookUnknownError`, and `SecretsInUseError`: no receiver's secret goes early.
        """
        secret = _new_secret()

        async def act(connection: Connection) -> Endpoint:
            is_rotated = await webhooks.rotate(
                connection, endpoint, secret, overlap=overlap, earlier_max=EARLIER_MAX
            )
            found = await _found(connection, endpoint)
            if not is_rotated:
                raise SecretsInUseError(endpoint)
            return found

        return await self.work.writing(act), secret

    async def delete(self, endpoint: str) -> Endpoint:
        """Delete an endpoint; gives what it was. Raises `WebhookUnknownError`."""

        async def act(connection: Connection) -> Endpoint:
            found = await _found(connection, endpoint)
            await webhooks.delete(connection, endpoint)
            return replace(found, enabled=False)

        return await self.work.writing(act)

    async def endpoint(self, endpoint: str) -> Endpoint:
        """Give one endpoint; raises `WebhookUnknownError`."""
        return await self.work.reading(lambda connection: _found(connection, endpoint))

    async def endpoints(self, *, after: str, limit: int) -> list[Endpoint]:
        """Give endpoints, oldest first, those after an id."""
        return await self.work.reading(
            lambda connection: webhooks.listed(connection, after=after, limit=limit)
        )


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(os.urandom(SECRET_BYTES)).decode()}"


async def _found(connection: Connection, endpoint: str) -> Endpoint:
    found = await webhooks.find(connection, endpoint)
    if found is None:
        raise WebhookUnknownError(endpoint)
    return found
