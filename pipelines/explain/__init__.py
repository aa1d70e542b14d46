"""A page -> every line of it with what was decided, by whom and why: for a terminal, or as a page of its own.

`explain_page` gathers, `print_explanation` and `explanation_html` show.
"""

from pipelines.explain.explanation import Decision, Explanation, Line, explain_page
from pipelines.explain.markup import explanation_html
from pipelines.explain.terminal import print_explanation

__all__ = ["Decision", "Explanation", "Line", "explain_page", "explanation_html", "print_explanation"]
