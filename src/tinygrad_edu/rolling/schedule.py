"""The order of nests: each after those that it uses, and those that can share their loops together."""

import heapq
from collections import defaultdict
from typing import TypeAlias

from ..symbols.symbol import Loop
from .nests import Nest, joined
from .shapes import Source, Unrollable

TRIES = 8  # nests that are tried for sharing loops with the one before


class Rounds:
    """A loop over rows, with what is done for each of them."""

    def __init__(self, loop: Loop, body: "list[Item]") -> None:
        self.loop = loop
        self.body = body
        self.reads: set[Source] = {x for each in body for x in each.reads}
        self.writes: set[Source] = {x for each in body for x in each.writes}


class Repeated:
    """The loop over the rounds of a recurrence, with the nests of one round."""

    def __init__(self, nests: list[Nest]) -> None:
        self.count = nests[0].repeats
        if any(nest.repeats != self.count for nest in nests):
            raise Unrollable
        self.reads: set[Source] = {x for each in nests for x in each.reads}
        self.writes: set[Source] = {x for each in nests for x in each.writes}
        self.reads -= self.writes
        now = {x for x in self.writes if isinstance(x, tuple) and x[0] == "now"}
        for each in nests:
            each.reads = {x for x in each.reads if x in now or (isinstance(x, tuple) and x[0] == "stage")}
        self.body = _in_order(list[Item](nests))


Item: TypeAlias = "Nest | Rounds | Repeated"


def arranged(nests: list[Nest], depth: int = 0) -> list[Item]:
    """These nests, which share the loops over rows up to a depth, in order; in deeper loops over rows as well."""
    inside: dict[Loop, list[Nest]] = defaultdict(list)
    items: list[Item] = []
    repeated: dict[int, list[Nest]] = defaultdict(list)
    for nest in nests:
        if len(nest.block) > depth:
            inside[nest.block[depth]].append(nest)
        elif nest.run is None:
            items.append(nest)
        else:
            repeated[nest.run].append(nest)
    items += map(Repeated, repeated.values())
    items += [Rounds(loop, arranged(own, depth + 1)) for loop, own in inside.items()]
    return _in_order(items)


def _in_order(items: list[Item]) -> list[Item]:
    order = _Order(items)
    found: list[Item] = []
    while order.is_open:
        last = found[-1] if found else None
        both = order.joined_to(last) if isinstance(last, Nest) and last.extents else None
        if both is not None:
            found[-1] = both
        else:
            found.append(order.next())
    return found


class _Order:
    """Items that become ready when all that they use is written."""

    def __init__(self, items: list[Item]) -> None:
        self._items = items
        self._missing: dict[Source, int] = defaultdict(int)  # how many items that write it are still to come
        self._users: dict[Source, list[int]] = defaultdict(list)
        self._waits: list[int] = []  # for each item, how many arrays that it uses are not written yet
        self._ready: list[int] = []
        self._alike: dict[int, list[int]] = defaultdict(list)  # those that are ready, by the number of their rounds
        self._done: set[int] = set()
        for item in items:
            for source in item.writes:
                self._missing[source] += 1
        for i, item in enumerate(items):
            needed = [x for x in item.reads if x in self._missing and x not in item.writes]
            for source in needed:
                self._users[source].append(i)
            self._waits.append(len(needed))
            if not needed:
                self._is_ready(i)

    @property
    def is_open(self) -> bool:
        return len(self._done) < len(self._items)

    def next(self) -> Item:
        """The first item that is ready."""
        while self._ready and self._ready[0] in self._done:
            heapq.heappop(self._ready)
        if not self._ready:  # they wait for each other
            raise Unrollable
        i = heapq.heappop(self._ready)
        self._finish(i)
        return self._items[i]

    def joined_to(self, last: Nest) -> Nest | None:
        """The last nest and one more that is ready, as one nest; None if no other goes with it."""
        alike = self._alike[last.rounds] = [i for i in self._alike[last.rounds] if i not in self._done]
        for i in alike[:TRIES]:
            item = self._items[i]
            both = joined(last, item) if isinstance(item, Nest) else None
            if both is not None:
                self._finish(i)
                return both
        return None

    def _is_ready(self, i: int) -> None:
        item = self._items[i]
        heapq.heappush(self._ready, i)
        if isinstance(item, Nest) and item.extents:
            self._alike[item.rounds].append(i)

    def _finish(self, i: int) -> None:
        self._done.add(i)
        ready = []
        for source in self._items[i].writes:
            self._missing[source] -= 1
            if not self._missing[source]:
                for user in self._users[source]:
                    self._waits[user] -= 1
                    if not self._waits[user]:
                        ready.append(user)
        for user in sorted(ready):  # not in the order of a set, which differs from process to process
            self._is_ready(user)
