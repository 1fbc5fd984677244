"""Start localstripe, the service that ``twins/billing-api`` is recorded from.

Loopback only, empty at the start, nothing on disk: localstripe's own command listens on every interface and
keeps its state in one file of the temporary folder, which two instances would share.
"""

from __future__ import annotations

import argparse
import os
import sys
import time


def main() -> int:
    parser = argparse.ArgumentParser(description="serve localstripe on loopback, with nothing kept on disk")
    parser.add_argument("--port", type=int, required=True, help="the port to listen on, on 127.0.0.1")
    port: int = parser.parse_args().port
    # It computes billing periods in local time; recordings are to be the same from every machine.
    os.environ["TZ"] = "UTC"
    time.tzset()
    try:
        from aiohttp import web
        from localstripe import resources, server
    except ImportError as error:
        print(
            f"{error}; install what the twins are recorded from: pip install -e '.[upstreams]'",
            file=sys.stderr,
        )
        return 1
    resources.Store.dump_to_disk = lambda self: None
    web.run_app(server.app, host="127.0.0.1", port=port, access_log=None, print=None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
