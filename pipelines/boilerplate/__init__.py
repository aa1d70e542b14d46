"""Article -> Article: removes what is not text of the story, and says which rule took each line and why."""

from pipelines.boilerplate.clean import remove_boilerplate
from pipelines.boilerplate.credits import parse_credit, split_credit
from pipelines.boilerplate.rule import Place, Rule
from pipelines.boilerplate.rules import CATEGORIES, load_rules, rules_version, source_rules

__all__ = [
    "CATEGORIES",
    "Place",
    "Rule",
    "load_rules",
    "parse_credit",
    "remove_boilerplate",
    "rules_version",
    "source_rules",
    "split_credit",
]
