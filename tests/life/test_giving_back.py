"""DELETE /v1/checks/{id}/reservation gives credit back before it expires, and only that."""

from life.order_book import an_order, give_back, order_of, tied_up
from support.service import Service


async def test_credit_is_given_back_once(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    check = await service.check("C1", "SO-1", "60.00")

    first = await give_back(service, check["id"])
    seq = (await service.account("C1"))["seq"]
    second = await give_back(service, check["id"])

    assert (first, second) == ((200, True), (200, False))
    assert (await service.account("C1"))["seq"] == seq
    assert await order_of(service) == an_order("expired")
    assert await tied_up(service) == ("0.00", "0.00", "100.00")


async def test_an_order_that_was_confirmed_has_nothing_to_give_back(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    check = await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00")

    assert await give_back(service, check["id"]) == (200, False)
    assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_an_increase_of_an_open_order_can_be_given_back(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    await service.check("C1", "SO-1", "60.00")
    await service.order("C1", "SO-1", "60.00")
    increase = await service.check("C1", "SO-1", "85.00", revision=2)

    assert await give_back(service, increase["id"]) == (200, True)
    assert await tied_up(service) == ("60.00", "0.00", "40.00")


async def test_a_held_order_has_nothing_to_give_back(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    check = await service.check("C1", "SO-1", "110.00")

    assert await give_back(service, check["id"]) == (200, False)
    assert await order_of(service) == an_order("held")


async def test_the_check_of_an_earlier_revision_gives_nothing_back(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    earlier = await service.check("C1", "SO-1", "60.00")
    await service.check("C1", "SO-1", "70.00", revision=2)

    assert await give_back(service, earlier["id"]) == (200, False)
    assert await tied_up(service) == ("0.00", "70.00", "30.00")


async def test_a_cancelled_order_has_nothing_to_give_back(service: Service) -> None:
    await service.customer("C1", limit="100.00")
    check = await service.check("C1", "SO-1", "60.00")
    await service.client.delete("/v1/customers/C1/orders/SO-1")

    assert await give_back(service, check["id"]) == (200, False)


async def test_an_unknown_check_is_not_found(service: Service) -> None:
    assert await give_back(service, "chk_nothing") == (404, "check_unknown")


async def test_an_order_given_back_and_stated_after_all_is_decided_anew(
    service: Service,
) -> None:
    await service.customer("C1", limit="100.00")
    check = await service.check("C1", "SO-1", "60.00")
    await give_back(service, check["id"])
    await service.check("C1", "SO-2", "70.00")

    stated = await service.order("C1", "SO-1", "60.00")

    assert (stated["state"], stated["counted"]) == ("held", "0.00")
    assert await tied_up(service) == ("0.00", "70.00", "30.00")
