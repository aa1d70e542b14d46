"""SeaweedFS as a store that can be killed and comes back on the same ports, with the same data."""

import json
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.conftest import ACCESS_KEY, PORTS, SECRET_KEY, START_SECONDS, WEED, S3Server, free_ports

QUICK = Config(connect_timeout=2, read_timeout=20, retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
PROBE = "ready"


class KillableStore:
    """An S3 server on loopback whose data lies in `folder`, while the context lasts."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self._process: subprocess.Popen[bytes] | None = None
        self.server = S3Server(f"http://127.0.0.1:{self._ports['s3.port']}")
        credentials = [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}]
        identities = [{"name": "newskeep", "credentials": credentials, "actions": ["Admin"]}]
        (folder / "s3.json").write_text(json.dumps({"identities": identities}))

    def __enter__(self) -> Self:
        self.start()
        self.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def is_running(self) -> bool:
        """Whether the process lives; it may not answer yet."""
        return self._process is not None and self._process.poll() is None

    def client(self) -> Any:
        """Return a client that tells at once when the server does not answer."""
        return boto3.client(
            "s3",
            endpoint_url=self.server.endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
            region_name="us-east-1",
            config=QUICK,
        )

    def start(self) -> None:
        """Start the server; return before it answers."""
        command = [
            str(WEED),
            "mini",
            f"-dir={self._folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-webdav=false",
            "-admin.ui=false",
            "-master.telemetry=false",
            f"-s3.config={self._folder / 's3.json'}",
            *(f"-{name}={port}" for name, port in self._ports.items()),
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._folder)

    def kill(self) -> None:
        """End the server as a power cut of its machine would end the process (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def wait_until_ready(self) -> None:
        """Return when an object can be written.

        Raises:
            RuntimeError: that took a minute, or the process ended by itself.
        """
        client, deadline = self.client(), time.monotonic() + START_SECONDS
        while True:
            try:
                with suppress(client.exceptions.BucketAlreadyOwnedByYou, client.exceptions.BucketAlreadyExists):
                    client.create_bucket(Bucket=PROBE)
                client.put_object(Bucket=PROBE, Key="probe", Body=b"x")
            except (BotoCoreError, ClientError) as error:
                if not self.is_running or time.monotonic() > deadline:
                    log = (self._folder / "log").read_text(errors="replace")
                    raise RuntimeError(f"SeaweedFS does not answer: {error}: {log[-2000:]}") from error
                time.sleep(0.1)
            else:
                return
