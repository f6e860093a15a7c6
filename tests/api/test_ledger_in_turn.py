"""Lines of one body that bear on each other: the same order, moves, totals."""

import pytest
from api.ledger_lines import counts, customer, delete, item, limit, order, problems
from support.service import Service
from support.tables import Connection, require_sound

from app.desk import dealing


@pytest.fixture(autouse=True, params=[2, dealing.AT_ONCE], ids=["dealt", "at once"])
def at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test is run for bodies of both sizes."""
    monkeypatch.setattr(dealing, "AT_ONCE", request.param)


async def test_an_order_that_outgrows_its_grant_in_bulk_is_held(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.ledger(order("C1", "SO-1", "50.00"), order("C1", "SO-1", "90.00"))
    holds = (await service.get("/v1/holds", order="SO-1"))["items"]
    assert [(hold["state"], hold["order"]["amount"]) for hold in holds] == [("open", "90.00")]
    # The first line has freed 10.00 of what was granted.
    assert (await service.account("C1"))["exposure"]["total"] == "50.00"
    await require_sound(connection)


async def test_an_order_that_outgrows_its_grant_and_is_cancelled_at_once_is_not_held(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.ledger(order("C1", "SO-1", "900.00"), delete("order", "C1", "SO-1"))
    assert (await service.get("/v1/holds"))["items"] == []
    orders = (await service.get("/v1/customers/C1/orders"))["items"]
    assert [(o["state"], o["hold"]) for o in orders] == [("cancelled", None)]
    await require_sound(connection)


@pytest.mark.parametrize("amount", ["0.50", "60.00"])
async def test_a_held_order_that_is_cancelled_and_stated_anew_in_one_body_leaves_no_old_hold(
    service: Service, connection: Connection, amount: str
) -> None:
    await service.customer("C1", limit="10.00")
    held = await service.check("C1", "SO-1", "60.00")
    await service.ledger(delete("order", "C1", "SO-1"), order("C1", "SO-1", amount))
    first = await service.get(f"/v1/holds/{held['hold']['id']}")
    assert first["state"] == "cancelled"
    await require_sound(connection)


async def test_items_before_and_after_a_move_all_follow_their_customer(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.item("C1", "I1", "10.00", version=2)
    answer = await service.ledger(
        item("C1", "I1", "11.00", version=1),
        item("C1", "I2", "20.00"),
        customer("C1", account="GROUP"),
        item("C1", "I3", "30.00"),
    )
    assert (counts(answer)["applied"], counts(answer)["outdated"]) == (3, 1)
    assert (await service.account("GROUP"))["exposure"]["total"] == "60.00"
    await require_sound(connection)


async def test_items_of_a_customer_whose_move_is_refused_stay_with_it(
    service: Service, connection: Connection
) -> None:
    await service.customer("C1")
    await service.customer("C2", account="GROUP")
    answer = await service.ledger(
        customer("C1", account="GROUP", policy="no-such"), item("C1", "I1", "30.00")
    )
    assert problems(answer) == [(1, "invalid_request", ["/policy"])]
    assert (await service.account("C1"))["exposure"]["total"] == "30.00"
    await require_sound(connection)


async def test_items_of_a_customer_who_is_refused_are_refused_too(
    service: Service, connection: Connection
) -> None:
    await service.customer("C2", account="GROUP")
    answer = await service.ledger(
        customer("C1", account="GROUP", policy="no-such"), item("C1", "I1", "30.00")
    )
    assert problems(answer) == [(1, "invalid_request", ["/policy"]), (2, "customer_unknown", [])]
    assert (await service.account("GROUP"))["exposure"]["total"] == "0.00"
    await require_sound(connection)


async def test_lines_of_several_accounts_are_taken_each_on_its_own(
    service: Service, connection: Connection
) -> None:
    refs = [f"C{n}" for n in range(5)]
    answer = await service.ledger(
        *(customer(ref) for ref in refs),
        *(item(ref, "I1", "7.00") for ref in refs),
        *(limit(ref, "9.00") for ref in refs),
    )
    assert counts(answer)["applied"] == 15
    assert [(await service.account(ref))["headroom"] for ref in refs] == ["2.00"] * 5
    await require_sound(connection)


async def test_totals_beyond_what_can_be_kept_refuse_their_account_and_no_other(
    service: Service, connection: Connection
) -> None:
    most = "10000000000000.00"
    await service.customer("C1")
    await service.customer("C2")
    answer = await service.ledger(
        *(item("C1", f"I{n}", most, due_on="2020-01-01") for n in range(4_001)),
        item("C2", "I1", "1.00"),
    )
    assert (counts(answer)["applied"], counts(answer)["refused"]) == (1, 4_001)
    assert {entry["problem"]["code"] for entry in answer["problems"]} == {"total_out_of_range"}
    assert (await service.account("C1"))["exposure"]["total"] == "0.00"
    await require_sound(connection)


async def test_totals_beyond_sixty_four_bits_are_refused_as_well(service: Service) -> None:
    most = "10000000000000.00"
    await service.customer("C1")
    answer = await service.ledger(*(item("C1", f"I{n}", most) for n in range(9_300)))
    assert (counts(answer)["refused"], answer["problems"][-1]["problem"]["code"]) == (
        9_300,
        "total_out_of_range",
    )
