"""What can go wrong below the desk, for those above it."""

from app.storage.database import StorageUnavailableError, TotalOutOfRangeError
from app.storage.policies import PolicyVersionTakenError
from app.storage.schema import SchemaMismatchError

__all__ = [
    "PolicyVersionTakenError",
    "SchemaMismatchError",
    "StorageUnavailableError",
    "TotalOutOfRangeError",
]
