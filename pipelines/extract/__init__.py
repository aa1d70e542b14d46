"""Page -> Article: what a news page says, without what stands around it.

`extract_article` is CPU work of some 25 ms a page and belongs in a worker process, never in a thread
(trafilatura#925).
"""

from pipelines.extract.article import component_versions, extract_article, read_lines
from pipelines.extract.saved import find_saved, read_saved, saved_page

__all__ = ["component_versions", "extract_article", "find_saved", "read_lines", "read_saved", "saved_page"]
