"""Article -> Article: removes what is not text of the story, and says which rule took each line and why."""

from pipelines.boilerplate.clean import remove_boilerplate
from pipelines.boilerplate.credits import parse_credit, split_credit
from pipelines.boilerplate.model import model_version
from pipelines.boilerplate.recurrence import Recurrence, Seen
from pipelines.boilerplate.rule import Place, Rule
from pipelines.boilerplate.rules import CATEGORIES, load_rules, rules_version, source_rules
from pipelines.boilerplate.sighting import Sighting, sight_article
from pipelines.boilerplate.statistics import dump_statistics, load_statistics
from pipelines.boilerplate.template import page_hints, read_wording

__all__ = [
    "CATEGORIES",
    "Place",
    "Recurrence",
    "Rule",
    "Seen",
    "Sighting",
    "dump_statistics",
    "load_rules",
    "load_statistics",
    "model_version",
    "page_hints",
    "parse_credit",
    "read_wording",
    "remove_boilerplate",
    "rules_version",
    "sight_article",
    "source_rules",
    "split_credit",
]
