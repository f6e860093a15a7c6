"""Settings from the environment, and a sentence for each that is missing or wrong."""

from pydantic import ValidationError

from app.cli.exits import Exit, Failure
from app.settings import Settings

PLACEHOLDER_KEY = "a placeholder for what needs no key"
PREFIX = "CREDITGATE_"


def settings_from_environment(**given: str | int | None) -> Settings:
    """Read the settings; what is given, and not None, stands before the environment."""
    stated = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings.model_validate(stated)
    except ValidationError as error:
        sentences = [
            _sentence(str(flaw["loc"][0]), flaw["type"], flaw["msg"])
            for flaw in error.errors(include_url=False, include_input=False)
        ]
        raise Failure(Exit.CONFIG, *sentences) from None


def _sentence(name: str, kind: str, message: str) -> str:
    variable = f"{PREFIX}{name.upper()}"
    meaning = Settings.model_fields[name].description
    if kind == "missing":
        return f"{variable} is not set. Set it to {meaning}."
    reason = message.removeprefix("Value error, ").rstrip(".")
    return f"{variable} cannot be used: {reason}."
