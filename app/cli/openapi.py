"""`creditgate openapi`."""

import json

from pydantic import SecretStr

from app.cli.configuration import PLACEHOLDER_KEY
from app.main import create_app
from app.settings import Settings


def openapi_text() -> str:
    """Give the document as it is published: the same text for the same code."""
    # Built without the environment, which must not show in a published contract.
    settings = Settings.model_construct(
        database_url="postgresql://", api_key=SecretStr(PLACEHOLDER_KEY)
    )
    document = create_app(settings).openapi()
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
