"""Whatever was asked for by its id or ref, and is not there."""


class CheckUnknownError(Exception):
    """No decision has this id."""


class DeliveryUnknownError(Exception):
    """No delivery has this id."""


class ExpectedPaymentUnknownError(Exception):
    """The customer has no expected payment of this ref."""


class HoldUnknownError(Exception):
    """No hold has this id."""


class ImportUnknownError(Exception):
    """No run of a file has this id."""


class OpenItemUnknownError(Exception):
    """The customer has no document of this ref."""


class OrderUnknownError(Exception):
    """The customer has no order of this ref."""


class SourceUnknownError(Exception):
    """No source of this name has stated anything, and none is expected to."""


class WebhookUnknownError(Exception):
    """No webhook endpoint has this id."""
