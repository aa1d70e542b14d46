"""Which elements are what, for everything that walks a page."""

# Never text for a reader: code, form controls, embedded media.
SKIPPED = frozenset(
    (
        *("script", "style", "noscript", "template", "svg", "math", "head", "iframe", "object", "embed", "canvas"),
        *("audio", "video", "map", "select", "option", "textarea", "button", "input", "datalist"),
        # The reading of a word in ruby: said twice otherwise.
        *("rt", "rp"),
    )
)
# A reader sees a break before and after them.
BLOCK_TAGS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "div"),
        *("dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hgroup", "hr", "legend", "li", "main", "nav", "ol", "p", "pre", "section", "summary"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
PLAIN_WRAPPERS = frozenset(("span", "font"))
EMPHASIS = PLAIN_WRAPPERS | {"em", "strong", "small", "i", "b", "u", "cite"}
IMAGE_TAGS = frozenset(("img", "amp-img"))
