"""Every problem the API can answer, in one table: code, status, title, what it means."""

from enum import Enum
from typing import Final


class Problem(Enum):
    """One kind of refusal. The value is the code that callers may rely on."""

    INVALID_REQUEST = (
        "invalid_request",
        422,
        "Request refused",
        "One or more fields are missing, unknown or out of range; `errors` names each.",
    )
    MALFORMED_JSON = (
        "malformed_json",
        422,
        "Body is not acceptable JSON",
        "The body must be one JSON document in UTF-8, read the same way by every parser.",
    )
    TOTAL_OUT_OF_RANGE = (
        "total_out_of_range",
        422,
        "Total out of range",
        "The amount would take a total of the account beyond what can be stored.",
    )
    BAD_REQUEST = (
        "bad_request",
        400,
        "Request not understood",
        "The request is broken, or it ended before its body was complete.",
    )
    UNAUTHORIZED = (
        "unauthorized",
        401,
        "Key missing or not valid",
        "Send a valid key as `Authorization: Bearer <key>`.",
    )
    FORBIDDEN = ("forbidden", 403, "Not allowed", "The key does not allow this action.")
    NOT_THIS_PERSON = (
        "not_this_person",
        403,
        "Not this person",
        "Somebody else must agree to this release; `because` says why.",
    )
    NOT_FOUND = ("not_found", 404, "Not found", "There is no such path.")
    CUSTOMER_UNKNOWN = ("customer_unknown", 404, "Customer unknown", "No customer has this ref.")
    ACCOUNT_UNKNOWN = (
        "account_unknown",
        404,
        "Credit account unknown",
        "No credit account has this ref.",
    )
    OPEN_ITEM_UNKNOWN = (
        "open_item_unknown",
        404,
        "Open item unknown",
        "The customer has no open item with this ref.",
    )
    ORDER_UNKNOWN = (
        "order_unknown",
        404,
        "Order unknown",
        "The customer has no order with this ref.",
    )
    CHECK_UNKNOWN = ("check_unknown", 404, "Check unknown", "No check has this id.")
    EXPECTED_PAYMENT_UNKNOWN = (
        "expected_payment_unknown",
        404,
        "Expected payment unknown",
        "The customer has no expected payment with this ref.",
    )
    HOLD_UNKNOWN = ("hold_unknown", 404, "Hold unknown", "No hold has this id.")
    WEBHOOK_UNKNOWN = (
        "webhook_unknown",
        404,
        "Webhook endpoint unknown",
        "No webhook endpoint has this id.",
    )
    DELIVERY_UNKNOWN = ("delivery_unknown", 404, "Delivery unknown", "No delivery has this id.")
    KEY_UNKNOWN = ("key_unknown", 404, "Key unknown", "No key has this id.")
    IMPORT_UNKNOWN = ("import_unknown", 404, "Import unknown", "No import has this id.")
    SOURCE_UNKNOWN = (
        "source_unknown",
        404,
        "Source unknown",
        "No source of this name has stated anything, and none is expected to.",
    )
    POLICY_UNKNOWN = ("policy_unknown", 404, "Policy unknown", "No policy has this name.")
    METHOD_NOT_ALLOWED = (
        "method_not_allowed",
        405,
        "Method not allowed",
        "The path does not take this method; `Allow` lists those it takes.",
    )
    ORDER_REVISION_CONFLICT = (
        "order_revision_conflict",
        409,
        "Order revision conflict",
        "This revision of the order was checked before with other content.",
    )
    ORDER_REVISION_OUTDATED = (
        "order_revision_outdated",
        409,
        "Order revision outdated",
        "A later revision of the order was checked already.",
    )
    CURRENCY_CONFLICT = (
        "currency_conflict",
        409,
        "Currency conflict",
        "The currency is not the one the credit account is kept in.",
    )
    HOLD_STATE_CONFLICT = (
        "hold_state_conflict",
        409,
        "Not in this state",
        "This cannot be done with the hold as it is now; `state` says how it is.",
    )
    RELEASE_FORBIDDEN = (
        "release_forbidden",
        409,
        "Release forbidden",
        "The order cannot be released as it stands; `because` names what forbids it.",
    )
    ORDER_IS_STATED = (
        "order_is_stated",
        409,
        "Order is stated",
        "The order's source has stated what is held: cancel it, or state it smaller, there.",
    )
    SECRETS_IN_USE = (
        "secrets_in_use",
        409,
        "Too many secrets in use",
        "Five earlier secrets of the endpoint still sign; wait until one of them has ended.",
    )
    LIST_SHRINKS = (
        "list_shrinks",
        409,
        "List shrinks",
        "Nothing was changed; `saw` says what it would clear, and how to confirm that.",
    )
    IDEMPOTENCY_KEY_IN_USE = (
        "idempotency_key_in_use",
        409,
        "The first request is still running",
        "A request under this Idempotency-Key has not been answered yet; send it again.",
    )
    IDEMPOTENCY_KEY_REUSED = (
        "idempotency_key_reused",
        422,
        "Idempotency-Key used before",
        "A request with other content was sent under this Idempotency-Key.",
    )
    HOLD_CHANGED = (
        "hold_changed",
        412,
        "Hold changed",
        "The hold is not at the version that was seen; `version` is the one it has now.",
    )
    VERSION_REQUIRED = (
        "version_required",
        428,
        "Version required",
        "Send the hold's version, as you have read it, in `If-Match`.",
    )
    BODY_TOO_LARGE = (
        "body_too_large",
        413,
        "Body too large",
        "The body is larger than this path takes.",
    )
    UNSUPPORTED_MEDIA_TYPE = (
        "unsupported_media_type",
        415,
        "Unsupported media type",
        "Send the body as the media type this path takes, in UTF-8 and not compressed.",
    )
    INTERNAL_ERROR = (
        "internal_error",
        500,
        "Internal error",
        "Something failed that should not; the log has it under the request id.",
    )
    CHECK_UNAVAILABLE = (
        "check_unavailable",
        503,
        "No decision at the moment",
        "There is no decision to go by; treat the order as held and ask again.",
    )
    UNAVAILABLE = (
        "unavailable",
        503,
        "Not available at the moment",
        "There was no answer in time; send the request again, which finds what the first one did.",
    )

    def __init__(self, code: str, status: int, title: str, meaning: str) -> None:
        self.code = code
        self.status = status
        self.title = title
        self.meaning = meaning

    @property
    def type(self) -> str:
        """A relative reference: wherever the service stands, it serves the page itself."""
        return f"/docs/problems#{self.code}"


PROBLEMS: Final = {problem.code: problem for problem in Problem}
