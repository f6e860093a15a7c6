"""What a release does to its order: it passes up to the amount and the day, and holds beyond."""

from holds.desk import CLERK, Desk
from life.order_book import an_order, order_of, tied_up


async def test_a_released_order_passes_its_next_check_and_holds_beyond_it(desk: Desk) -> None:
    hold = await desk.held()
    clerk = await desk.person("credit")

    released = await clerk.release(hold)

    assert (released["state"], released["release"]["released_by"]) == ("released", CLERK)
    assert await order_of(desk.service) == an_order("reserved", reserved="100.00")
    assert await tied_up(desk.service) == ("0.00", "100.00", "-50.00")
    passed = await desk.service.check("C1", "SO-1", "100.00", revision=2)
    assert passed["outcome"] == "pass"
    assert "release_applied" in {reason["code"] for reason in passed["reasons"]}
    beyond = await desk.service.check("C1", "SO-1", "100.01", revision=3)
    assert beyond["outcome"] == "hold"
