"""What works on a whole archive: proving it, making documents anew, taking articles down."""

from pipelines.audit.problems import Kind, Problem, Tally
from pipelines.audit.slices import Slice
from pipelines.audit.takedown import Takedown, plan_takedowns, take_down
from pipelines.audit.unread import unread_pages
from pipelines.audit.verify import Audit

__all__ = [
    "Audit",
    "Kind",
    "Problem",
    "Slice",
    "Takedown",
    "Tally",
    "plan_takedowns",
    "take_down",
    "unread_pages",
]
