from collections.abc import AsyncIterator

import pytest
from holds.desk import Desk, over_the_limit
from support.service import Service


@pytest.fixture
async def desk(service: Service) -> AsyncIterator[Desk]:
    """The credit department of a customer with a limit of 50.00."""
    async with over_the_limit(service) as desk:
        yield desk
