"""Three customers that owe nothing yet, and the command on their database."""

import pytest
from imports.lists import CUSTOMERS, Command
from support.commands import run
from support.service import Service


@pytest.fixture
async def book(service: Service) -> Service:
    """A service with three customers."""
    for ref in CUSTOMERS:
        await service.customer(ref, limit="100000.00")
    return service


@pytest.fixture
def command(database_url: str) -> Command:
    """Run `creditgate import` with these arguments."""
    return lambda *arguments: run("import", *map(str, arguments), database_url=database_url)
