"""Our code and words for each kind of error pydantic can find in a request.

pydantic's own messages are never passed on: many of them repeat the input. A placeholder may
only name what comes from the model, such as a maximum.
"""

from collections.abc import Mapping
from typing import Final

SAFE_DEFAULT: Final = ("invalid_value", "This value is not acceptable.")

_OBJECT: Final = ("object_expected", "Must be a JSON object.")
_LIST: Final = ("list_expected", "Must be a list.")
_TEXT: Final = ("text_expected", "Must be a JSON string.")
_WHOLE: Final = ("whole_number_expected", "Must be a whole number.")
_NUMBER: Final = ("number_expected", "Must be a number.")
_TRUTH: Final = ("boolean_expected", "Must be true or false.")
_DATE: Final = ("date_expected", "Must be a date such as 2026-11-27.")
_TIME: Final = ("time_expected", "Must be a time such as 09:30:00.")
_INSTANT: Final = ("instant_expected", "Must be an instant such as 2026-11-27T09:30:00Z.")
_DURATION: Final = ("duration_expected", "Must be an ISO 8601 duration such as PT15M.")
_URL: Final = ("url_expected", "Must be a valid URL.")
_UUID: Final = ("uuid_expected", "Must be a UUID.")
_DECIMAL: Final = ("decimal_expected", "Must be a decimal number.")
_CHOICE: Final = ("not_a_choice", "Must be {expected}.")
_VARIANT: Final = ("variant_unknown", "Its kind must be one of {expected_tags}.")

MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "missing": ("required", "Is required."),
    "extra_forbidden": ("unknown_field", "This field is not known."),
    "json_invalid": ("malformed_json", "Must be one JSON document."),
    "json_type": ("malformed_json", "Must be one JSON document."),
    "recursion_loop": ("too_deep", "Is nested too deeply."),
    "recursion_depth_exceeded": ("too_deep", "Is nested too deeply."),
    "model_type": _OBJECT,
    "model_attributes_type": _OBJECT,
    "dataclass_type": _OBJECT,
    "dataclass_exact_type": _OBJECT,
    "named_tuple_type": _OBJECT,
    "dict_type": _OBJECT,
    "frozen_dict_type": _OBJECT,
    "ordered_dict_type": _OBJECT,
    "mapping_type": _OBJECT,
    "invalid_key": ("invalid_key", "The names in this object must be text."),
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "deque_type": _LIST,
    "iterable_type": _LIST,
    "too_short": ("too_few", "Must have at least {min_length} entries."),
    "too_long": ("too_many", "Must have at most {max_length} entries."),
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "bytes_type": _TEXT,
    "string_too_short": ("too_short", "Must have at least {min_length} characters."),
    "string_too_long": ("too_long", "Must have at most {max_length} characters."),
    "bytes_too_short": ("too_short", "Must have at least {min_length} bytes."),
    "bytes_too_long": ("too_long", "Must have at most {max_length} bytes."),
    "string_pattern_mismatch": ("wrong_form", "Does not have the form the description asks for."),
    "string_not_ascii": ("not_ascii", "Must be ASCII only."),
    "none_required": ("null_expected", "Must be null."),
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": ("number_out_of_range", "Is beyond the numbers that are accepted."),
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "decimal_type": _DECIMAL,
    "decimal_parsing": _DECIMAL,
    "fraction_type": _DECIMAL,
    "fraction_parsing": _DECIMAL,
    "decimal_max_digits": ("too_many_digits", "Must have at most {max_digits} digits."),
    "decimal_max_places": ("too_many_decimals", "Must have at most {decimal_places} decimals."),
    "decimal_whole_digits": (
        "too_many_digits",
        "Must have at most {whole_digits} digits before the point.",
    ),
    "greater_than": ("too_small", "Must be greater than {gt}."),
    "greater_than_equal": ("too_small", "Must be at least {ge}."),
    "less_than": ("too_large", "Must be less than {lt}."),
    "less_than_equal": ("too_large", "Must be at most {le}."),
    "multiple_of": ("not_a_multiple", "Must be a multiple of {multiple_of}."),
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "union_tag_invalid": _VARIANT,
    "union_tag_not_found": ("variant_missing", "Does not say which kind it is."),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_past": ("date_not_past", "Must lie in the past."),
    "date_future": ("date_not_future", "Must lie in the future."),
    "time_type": _TIME,
    "time_parsing": _TIME,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "timezone_aware": _INSTANT,
    "timezone_naive": ("offset_not_expected", "Must not name an offset from UTC."),
    "timezone_offset": ("wrong_offset", "Must have the offset from UTC that is asked for."),
    "datetime_past": ("instant_not_past", "Must lie in the past."),
    "datetime_future": ("instant_not_future", "Must lie in the future."),
    "time_delta_type": _DURATION,
    "time_delta_parsing": _DURATION,
    "url_type": _URL,
    "url_parsing": _URL,
    "url_syntax_violation": _URL,
    "url_scheme": ("url_scheme", "Its scheme must be {expected_schemes}."),
    "url_too_long": ("too_long", "Must have at most {max_length} characters."),
    "uuid_type": _UUID,
    "uuid_parsing": _UUID,
    "uuid_version": ("uuid_expected", "Must be a UUID of version {expected_version}."),
    "value_error": SAFE_DEFAULT,
    "assertion_error": SAFE_DEFAULT,
}
