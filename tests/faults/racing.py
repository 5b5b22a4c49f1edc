"""Sends each of many codes eight times at once, each time with other choices or another key, to one or more endpoints.

`python racing.py FIRST COUNT ADDRESS…` prints a line of JSON: how many races had which answers.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parent))

from client import Line

EACH = 8
_AT_ONCE = 4  # races


def code_number(number: int) -> str:
    """Give the code of a race, as it is printed in a letter."""
    from agora_build.civic import codes

    return codes.code_of(number.to_bytes(10, "big"))


async def race(lines: list[Line], number: int) -> str:
    """Send a code from every connection at once; give the statuses, sorted."""
    code = code_number(number)
    options = ("nord", "sud", "port")
    bodies = [
        urlencode({"code": code, "options": options[place % 3], "key": f"course-{number}-{place}"}).encode()
        for place in range(EACH)
    ]
    answers = await asyncio.gather(*(line.post(body) for line, body in zip(lines, bodies, strict=True)))
    return " ".join(sorted(status for status, _ in answers))


async def races(addresses: list[str], first: int, count: int) -> Counter[str]:
    """Run races, some side by side."""
    seen: Counter[str] = Counter()
    numbers = iter(range(first, first + count))

    async def lane(place: int) -> None:
        lines = [Line(addresses[each % len(addresses)], place * EACH + each) for each in range(EACH)]
        for number in numbers:
            seen[await race(lines, number)] += 1
        for line in lines:
            line.close()

    await asyncio.gather(*(lane(place) for place in range(_AT_ONCE)))
    return seen


def main() -> None:
    """Race."""
    first, count, *addresses = sys.argv[1:]
    print(json.dumps(asyncio.run(races(addresses, int(first), int(count)))))


if __name__ == "__main__":
    main()
