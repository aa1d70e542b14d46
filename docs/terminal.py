"""Draw docs/terminal.svg: what `make crawl` shows, from a real crawl of the demonstration newspaper.

    .venv/bin/python docs/terminal.py

The crawl runs in a pseudo-terminal and a folder of its own. Of its moving display the last frame is shown, above the
summary that takes its place when the crawl ends.
"""

import fcntl
import io
import os
import pty
import re
import struct
import sys
import tempfile
import termios
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "terminal.svg"
SCRAPY = Path(sys.executable).with_name("scrapy")
WIDTH, HEIGHT = 88, 48
# How rich takes back the lines of a frame: before the next one, and at the end.
TAKEN_BACK = re.compile(r"(?:\r\x1b\[2K)?(?:\x1b\[1A\x1b\[2K)+")
CURSOR = re.compile(r"\x1b\[\?25[lh]")


def watch_crawl(folder: str) -> str:
    """Return all that a terminal was sent by `scrapy demo`, run in `folder`."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        ours = {name: value for name, value in os.environ.items() if not name.startswith("NEWSKEEP_")}
        ours |= {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
        os.execve(SCRAPY, ["scrapy", "demo", "--loglevel", "WARNING"], ours)  # noqa: S606 - ours, and no shell
    sent = bytearray()
    while True:
        try:
            sent += (data := os.read(terminal, 1 << 16))
        except OSError:  # Linux says so when the program at the other end is gone
            break
        if not data:
            break
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(f"the crawl failed:\n{sent.decode()}")
    return sent.decode().replace("\r\n", "\n")


def draw(sent: str) -> str:
    """Return the picture."""
    frames = [frame for frame in TAKEN_BACK.split(CURSOR.sub("", sent)) if frame.strip()]
    display, summary = frames[-2], frames[-1]
    screen = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for part in ("$ make crawl", display.strip(), summary.rstrip()):
        screen.print(Text.from_ansi(part))
    picture = screen.export_svg(title="newskeep", unique_id="newskeep")
    return re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)  # a picture must not fetch fonts


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        PICTURE.write_text(draw(watch_crawl(scratch)), encoding="utf-8")
    print(PICTURE.relative_to(ROOT))
