"""How things stand in the examples of the contract, by the names of their files."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from support.commands import run
from support.service import Service, asked

WHOLESALER, PLANT, CITY = "D10027", "D10031", "D20001"

IMPORT = "imp_01986d3f5c0a7c3e9b1d2f4a6c8e0b13"
OPEN_ITEMS = """\
customer;ref;kind;amount;currency;issued_on;due_on
D10031;RE-2026-118;invoice;6120.00;EUR;2026-10-01;2026-10-31
D10031;GS-2026-007;credit_note;150.00;EUR;2026-10-05;
D10099;RE-2026-121;invoice;80.00;EUR;2026-10-05;2026-11-04
"""

Situation = Callable[[Service], Awaitable[None]]


async def nothing(_service: Service) -> None:
    """Have only what every database has from the start."""


async def a_wholesaler_near_its_limit(service: Service) -> None:
    """Have the customer whose check the contract's first example shows."""
    await service.put(
        f"/v1/customers/{WHOLESALER}",
        name="Muster Handels GmbH",
        currency="EUR",
        payment_terms_days=30,
        language="de",
        sales_contact="sales-south@example.com",
    )
    await service.put(
        f"/v1/accounts/{WHOLESALER}/limit",
        amount="50000.00",
        currency="EUR",
        valid_until="2027-03-31",
        reason="annual review",
    )
    await service.item(
        WHOLESALER, "RE-2026-118", "6120.00", issued_on="2026-10-01", due_on="2026-10-31"
    )
    await service.item(
        WHOLESALER, "RE-2026-131", "32780.00", issued_on="2026-11-05", due_on="2026-12-05"
    )
    await service.item(WHOLESALER, "GS-2026-007", "2150.00", kind="credit_note")
    await service.item(WHOLESALER, "ZE-2026-044", "1000.00", kind="payment")
    await service.order(WHOLESALER, "SO-4698", "9300.00", ship_date="2026-12-01")


async def a_plant_well_within_its_limit(service: Service) -> None:
    await service.put(f"/v1/customers/{PLANT}", name="Werk Nord GmbH", currency="EUR")
    await service.put(f"/v1/accounts/{PLANT}/limit", amount="20000.00", currency="EUR")
    await service.item(PLANT, "RE-2026-090", "3500.00", due_on="2026-12-10")


async def a_city_without_a_limit_in_amount(service: Service) -> None:
    await service.put(f"/v1/customers/{CITY}", name="Stadt Beispielhausen", currency="EUR")
    await service.put(
        f"/v1/accounts/{CITY}/limit", unlimited=True, currency="EUR", reason="public authority"
    )


async def a_wholesaler_and_a_plant(service: Service) -> None:
    await a_wholesaler_near_its_limit(service)
    await a_plant_well_within_its_limit(service)


async def an_order_that_passed(service: Service) -> None:
    await a_plant_well_within_its_limit(service)
    await service.check(PLANT, "SO-4712", "1250.00", ship_date="2026-11-25")


async def an_order_on_hold(service: Service) -> None:
    await a_wholesaler_near_its_limit(service)
    await service.check(WHOLESALER, "SO-4711", "18450.00", ship_date="2026-11-27")


async def two_recorded_checks(service: Service) -> None:
    await an_order_that_passed(service)
    await service.client.post("/v1/checks", json=asked("D99999", "SO-4715", "480.00"))


async def a_feed_that_lost_two_bodies(service: Service) -> None:
    await service.put("/v1/sources/erp", expected_interval_minutes=60)
    for sequence in (1, 2, 5):
        as_of = f"2026-11-22T0{sequence + 3}:00:00Z"
        await service.send_ledger(source="erp", sequence=sequence, as_of=as_of)


async def a_file_with_a_customer_nobody_knows(service: Service) -> None:
    await a_plant_well_within_its_limit(service)
    url = service.app.state.uploads.environment["CREDITGATE_DATABASE_URL"]
    with TemporaryDirectory() as folder:
        file = _written(Path(folder, "opos.csv"))
        run("import", str(file), f"--id={IMPORT}", "--source=erp", database_url=url)


def _written(file: Path) -> Path:
    file.write_text(OPEN_ITEMS, encoding="utf-8")
    return file


SITUATIONS: Mapping[str, Situation] = {
    "account": a_wholesaler_near_its_limit,
    "batch": a_wholesaler_and_a_plant,
    "checks": two_recorded_checks,
    "customer": nothing,
    "hold": a_wholesaler_near_its_limit,
    "holds": an_order_on_hold,
    "ledger": a_plant_well_within_its_limit,
    "import": a_file_with_a_customer_nobody_knows,
    "limit": a_plant_well_within_its_limit,
    "limit_unlimited": a_plant_well_within_its_limit,
    "open_item": a_plant_well_within_its_limit,
    "order": a_plant_well_within_its_limit,
    "order_above_grant": an_order_that_passed,
    "pass": a_plant_well_within_its_limit,
    "policy": nothing,
    "source": a_feed_that_lost_two_bodies,
    "unknown_customer": nothing,
    "unlimited": a_city_without_a_limit_in_amount,
    "warning": a_wholesaler_near_its_limit,
}
