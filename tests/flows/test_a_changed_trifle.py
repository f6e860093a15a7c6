from support.service import Service

from app.storage.database import Connection


async def test_a_new_trifle_amount_counts_at_once_and_its_totals_are_brought_along(
    service: Service, connection: Connection
) -> None:
    await service.put("/v1/policies/standard", rules={"overdue_items": {"min_amount": "50.00"}})
    await service.customer("C1")
    await service.item("C1", "R1", "60.00", due_on="2020-01-31")
    await service.item("C1", "R2", "90.00", due_on="2020-01-31")

    await service.put("/v1/policies/standard", rules={"overdue_items": {"min_amount": "70.00"}})

    assert (await service.account("C1"))["exposure"]["overdue"] == "90.00"
    mark = await connection.fetchval("SELECT trifle_minor FROM credit_account WHERE ref = 'C1'")
    days = await connection.fetch(
        "SELECT grain, amount_minor, documents FROM calendar_total WHERE series = 'due'"
        " ORDER BY grain"
    )
    assert mark == 7_000
    assert [tuple(day) for day in days] == [("day", 9_000, 1), ("month", 9_000, 1)]
