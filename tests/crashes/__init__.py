"""The crash harness: real crawls, killed with -9 while the store dies and returns, against an undisturbed one."""

from tests.crashes.audit import Findings, audit_archive
from tests.crashes.crawls import Crawls, Ended
from tests.crashes.moments import Moment, Outage
from tests.crashes.report import Report
from tests.crashes.rounds import Harm, Round, Soak, Truth, Undisturbed
from tests.crashes.server import KillableStore
from tests.crashes.sites import DemoSite, NewswebSite, Site

__all__ = [
    "Crawls",
    "DemoSite",
    "Ended",
    "Findings",
    "Harm",
    "KillableStore",
    "Moment",
    "NewswebSite",
    "Outage",
    "Report",
    "Round",
    "Site",
    "Soak",
    "Truth",
    "Undisturbed",
    "audit_archive",
]
