"""A client that asks one thing over and over: ``python -m benchmarks.load PORT CONNECTIONS REQUESTS FILE``.

FILE holds one request as bytes of HTTP/1.1. Each connection sends it, reads the answer to its end, and
sends it again; so many requests in all. Raw sockets, because a client library would be most of what is
measured. Prints requests per second.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def main() -> None:
    port, connections, requests = (int(argument) for argument in sys.argv[1:4])
    request = Path(sys.argv[4]).read_bytes()
    print(json.dumps(asyncio.run(load(port, connections, requests, request))))


async def load(port: int, connections: int, requests: int, request: bytes) -> dict[str, float]:
    """Return how fast the server answered, and the status and size of the last answer."""
    share = requests // connections
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    started = time.perf_counter()
    last = await asyncio.gather(*(_ask(reader, writer, share, request) for reader, writer in opened))
    seconds = time.perf_counter() - started
    for _, writer in opened:
        writer.close()
        await writer.wait_closed()
    status, size = last[0]
    return {"per_second": share * connections / seconds, "status": status, "body_bytes": size}


async def _ask(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, times: int, request: bytes
) -> tuple[int, int]:
    status = size = 0
    for _ in range(times):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = _LENGTH.search(head)
        assert length, "the answers that are measured say how long they are"
        size = int(length[1])
        await reader.readexactly(size)
    return status, size


if __name__ == "__main__":
    main()
