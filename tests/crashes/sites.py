"""What is crawled: the demonstration newspaper, or a small internet of news sites that lies beside the project."""

import json
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.request import ProxyHandler, build_opener

from crawler.demo import FOLDER, DemoServer

SHARED = Path(__file__).resolve().parents[3] / "shared"
DELAY = 0.15  # seconds between the demonstration's answers: a crawl of it then lasts some three


class Site(Protocol):
    """Pages behind an HTTP proxy, and a count of what was asked for."""

    @property
    def proxy(self) -> str:
        """The value for `http_proxy`."""
        ...

    def write_seeds(self, folder: Path) -> None:
        """Write the seed files of all outlets into `folder`."""
        ...

    def asked(self) -> Counter[str]:
        """Return how often each URL was asked for by GET since the last call."""
        ...


class DemoSite:
    """The demonstration newspaper, slow enough to be killed in the middle."""

    def __init__(self, server: DemoServer) -> None:
        self._server = server
        self._told = 0

    @property
    def proxy(self) -> str:
        return self._server.proxy

    def write_seeds(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for seed in (FOLDER / "seeds").glob("*.toml"):
            text = re.sub(r"\[pace\]\ndelay = .*\n", "", seed.read_text("utf-8"))
            (folder / seed.name).write_text(f"{text}\n[pace]\ndelay = {DELAY}\n", "utf-8")

    def asked(self) -> Counter[str]:
        visits = self._server.visits[self._told :]
        self._told += len(visits)
        return Counter(visit.url for visit in visits if visit.method == "GET")


class NewswebSite:
    """The internet of news sites beside the project, without its faults: its own pages only, of `sites` outlets."""

    def __init__(self, folder: Path, proxy: str, homes: list[dict[str, str]]) -> None:
        self._log = folder / "access.jsonl"
        self._homes = homes
        self._told = 0
        self.proxy = proxy

    @classmethod
    @contextmanager
    def serve(cls, folder: Path, *, sites: int = 6, per_site: int = 12, seed: int = 7) -> Iterator["NewswebSite"]:
        """Serve it from a process of its own, with its log in `folder`, while the context lasts."""
        folder.mkdir(parents=True, exist_ok=True)
        world = [f"--seed={seed}", f"--sites={sites}", f"--per-site={per_site}", "--faults=none", "--crawl-delay=0.2"]
        command = [sys.executable, "-m", "newsweb"]
        told = subprocess.run([*command, "seeds", *world], cwd=SHARED, check=True, capture_output=True)
        serve = [*command, *world, f"--log={folder / 'access.jsonl'}"]
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(serve, cwd=SHARED, stdout=subprocess.PIPE, stderr=output)
        try:
            assert process.stdout is not None
            port = json.loads(process.stdout.readline())["port"]
            yield cls(folder, f"http://127.0.0.1:{port}", json.loads(told.stdout))
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()

    def write_seeds(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for home in self._homes:
            slug = re.sub(r"[^a-z0-9]+", "-", home["name"].lower()).strip("-")
            text = f"name = {json.dumps(home['name'])}\nhome_page = {json.dumps(home['url'])}\n\n[pace]\ndelay = 0.05\n"
            (folder / f"{slug}.toml").write_text(text, "utf-8")

    def asked(self) -> Counter[str]:
        opener = build_opener(ProxyHandler({"http": self.proxy}))
        opener.open("http://newsweb.test/__newsweb__/state").close()  # which makes it write its log out
        lines = self._log.read_text("utf-8").splitlines()
        entries = [json.loads(line) for line in lines[self._told :]]
        self._told = len(lines)
        return Counter(f"http://{entry['host']}{entry['target']}" for entry in entries if entry["method"] == "GET")
