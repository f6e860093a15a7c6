"""The published description of the API: what FastAPI derives, and what it cannot know."""

from app.api.description.document import described
from app.api.description.words import DESCRIPTION, TAGS

__all__ = ["DESCRIPTION", "TAGS", "described"]
