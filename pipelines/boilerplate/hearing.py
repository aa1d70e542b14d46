"""What is said against each block before anything is decided: by the rules, by structure, by the images' captions."""

from collections.abc import Mapping, Sequence

import attrs

from pipelines.boilerplate.captions import judge_captions
from pipelines.boilerplate.places import locate_blocks
from pipelines.boilerplate.rule import ANYWHERE, Place, Rule
from pipelines.boilerplate.ruleset import RuleSet
from pipelines.boilerplate.structure import Verdict, judge_structure
from pipelines.model import Article


@attrs.frozen(kw_only=True)
class Hearing:
    """The case of each block of an article.

    Attributes:
        places: where each block stands.
        suspects: indexes of the blocks that some rule's wording fits, wherever they stand.
        verdicts: index -> the first verdict on a block.
    """

    places: tuple[Place, ...]
    suspects: frozenset[int]
    verdicts: Mapping[int, Verdict]


def hear_rules(article: Article, rules: Sequence[Rule]) -> Hearing:
    """Return what is said against the blocks of `article`: by the first of `rules` that matches, else by structure.

    Places are counted in paragraphs of prose, and furniture can read as prose (a cookie notice): so the wording is
    asked first, and what it would take is left out of the count.
    """
    blocks, asked = article.blocks, RuleSet(rules)
    suspects = frozenset(asked.judge(blocks, [ANYWHERE] * len(blocks)))
    places = locate_blocks(article, blocks, suspects)
    suspected = [block if index in suspects else None for index, block in enumerate(blocks)]
    verdicts = asked.judge(suspected, places)
    verdicts |= judge_structure(article, blocks, places, verdicts)
    verdicts |= judge_captions(article, blocks, places, verdicts)
    return Hearing(places=places, suspects=suspects, verdicts=verdicts)
