"""`python -m crawler.demo --port 8080`: serve until interrupted; the first line printed is `{"port": 8080}`."""

import argparse
import json
import signal
import sys
from collections.abc import Sequence

from crawler.demo import DemoServer
from pipelines.errors import SettingsError


def main(args: Sequence[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description="Serve the demonstration newspaper")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: any free one)")
    options = parser.parse_args(args)
    # Blocked before any thread starts, so that only sigwait below takes them.
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    try:
        with DemoServer(port=options.port) as server:
            print(json.dumps({"port": server.port}), flush=True)
            signal.sigwait(stops)
    except (SettingsError, OSError, OverflowError) as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
