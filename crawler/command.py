"""What all our `scrapy` commands share."""

import argparse
import io
import os
import sys
from abc import abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

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
        if sys.stdout is None:  # the shell closed it (`>&-`)
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - for the rest of the program
        refuse_options(self.name, args)
        try:
            self.execute(args, opts)
            sys.stdout.flush()
        except NewskeepError as error:
            print(f"scrapy {self.name}: {error}", file=sys.stderr)
            self.exitcode = 1
        except BrokenPipeError:
            discard_output()  # its reader has had enough (`| head`)
        except OSError as error:
            print(f"scrapy {self.name}: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
            self.exitcode = 1
            discard_output()
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


def refuse_options(command: str, args: list[str]) -> None:
    """Raise UsageError for an option that no parser knew; Scrapy hands it on among the arguments."""
    unknown = [arg for arg in args if arg.startswith("-") and arg != "-"]
    if unknown:
        raise UsageError(f"unknown option {unknown[0]}; scrapy {command} -h lists them")


def discard_output() -> None:
    """Let what is still buffered for standard output go nowhere, so that it does not fail once more at exit."""
    with suppress(io.UnsupportedOperation):  # it is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
