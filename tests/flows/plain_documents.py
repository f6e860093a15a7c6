"""A plain model of one open item: all that was ever told of it, in the order of its versions."""

from dataclasses import dataclass, field


@dataclass
class Item:
    """What was said of a document; its amount is what is left open."""

    kind: str
    amount: int
    due: int | None = None
    order: str | None = None
    version: int | None = None

    @property
    def bills(self) -> str | None:
        """Give the order that this item takes its amount off."""
        return self.order if self.kind == "invoice" else None


@dataclass
class Document:
    """All that was ever told of a document in the order of its versions; `None` clears it."""

    told: list[tuple[int, Item | None]] = field(default_factory=list)
    version: int | None = None

    @property
    def cleared(self) -> bool:
        return bool(self.told) and self.told[-1][1] is None

    @property
    def content(self) -> Item | None:
        """Give what was said last of it, cleared since or not."""
        return next((item for _, item in reversed(self.told) if item is not None), None)

    @property
    def content_version(self) -> int | None:
        """Give the version of that; what repeats it is no news."""
        return next((at for at, item in reversed(self.told) if item is not None), None)

    @property
    def taken(self) -> tuple[str | None, int]:
        """Give the order that it takes something off, and how much: paying it reopens nothing."""
        order, most = None, 0
        for _, item in self.told:
            if item is not None:
                most = max(most if item.bills == order else 0, item.amount)
                order = item.bills
        return order, most if order is not None else 0

    def add(self, version: int | None, item: Item | None) -> bool:
        """Put a version in its place; gives whether it is the last word."""
        if version is None:
            version = -1 if self.version is None else self.version
        elif is_past(version, self.version, ended=self.cleared and item is not None):
            if item is not None and version == self.content_version:
                return False
            places = [n for n, (at, _) in enumerate(self.told) if at <= version]
            place = places[-1] + 1 if places else 0
            if item is not None and places and self.told[place - 1] == (version, None):
                place -= 1
            # Of a past version that was said twice it counts that it once was not for this order.
            while item is not None and place and self._contradicts(self.told[place - 1], item):
                place -= 1
            self.told.insert(place, (version, item))
            return False
        else:
            self.version = version
        self.told.append((version, item))
        return True

    def _contradicts(self, told: tuple[int, Item | None], item: Item) -> bool:
        """Say whether one version was once for another order, and now is for the newest's."""
        at, known = told
        newest = self.content
        return (
            known is not None
            and newest is not None
            and at == item.version
            and known.bills != item.bills == newest.bills
        )


def is_past(stated: int | None, known: int | None, *, ended: bool) -> bool:
    if stated is None or known is None:
        return False
    return stated < known or (ended and stated == known)
