"""What all our `scrapy` commands share."""

import argparse
import os
import sys
from abc import abstractmethod
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand

from pipelines.errors import NewskeepError

INTERRUPTED = 130  # what a shell expects of a program ended by Ctrl-C


class NewskeepCommand(ScrapyCommand):
    """A command whose known failures are one line on stderr and exit status 1.

    It is defined here and not in `crawler.commands` because Scrapy makes a command of every class defined there.
    """

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    @abstractmethod
    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        """Do the command's work; raise NewskeepError for what the user can mend."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Call `execute` and turn its end into an exit status."""
        try:
            self.execute(args, opts)
            sys.stdout.flush()
        except NewskeepError as error:
            print(f"scrapy {self.name}: {error}", file=sys.stderr)
            self.exitcode = 1
        except BrokenPipeError:
            # The reader of our output has had enough (`| head`). What is still buffered must not fail at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            self.exitcode = INTERRUPTED

    @property
    def name(self) -> str:
        """The verb on the command line: the module's name."""
        return type(self).__module__.rpartition(".")[2]

    def setting(self, name: str) -> str:
        """Return a setting as text; empty when it is not set."""
        assert self.settings is not None
        return str(self.settings.get(name) or "")
