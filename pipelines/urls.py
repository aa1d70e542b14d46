"""URLs: the form that is fetched, and the key under which two forms are the same article."""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

import idna

# Parameters that tell where a reader came from. A name stands here only when no site is known to select content by
# it; `id`, `p`, `page`, `article`, `source` and the like never do.
TRACKING = re.compile(
    r"""(?ix)
      utm_\w+ | ga_(?:source|medium|campaign|content|term) | _ga | _gl | gclid | gclsrc | dclid | gbraid | wbraid
    | fbclid | fb_(?:action_ids|action_types|ref|source|comment_id) | mibextid | igshid | igsh      # Meta
    | msclkid | yclid | ysclid | _openstat | twclid | ttclid | li_fat_id | rdt_cid | epik | srsltid  # other networks
    | mc_[ce]id | mkt_tok | _hs(?:enc|mi) | __hs(?:sc|tc|fp) | hsctatracking | vero_(?:id|conv)      # mailings
    | oly_(?:anon|enc)_id | ck_subscriber_id | ml_subscriber(?:_hash)? | wickedid | rb_clickid
    | (?:pk|piwik|mtm|matomo|itm)_\w+ | wt_z?mc(?:\.\w+)? | wtmc | xtor | xtref | s_cid              # site analytics
    | at_(?:campaign|medium|format|link\w+|ptr_name|custom\d) | ns_(?:campaign|mchannel|source|linkname|fee)
    | sc_(?:campaign|channel|content|medium|outcome|geo|country) | icid | intcid | int_cid | ncid | cmpid | ocid | cvid
    | trk(?:campaign|info)? | ref_(?:src|url) | smid | smtyp | soc_(?:src|trk) | spm | guccounter
    | guce_referrer(?:_sig)? | __twitter_impression | replytocom
    """
)
# A referrer is a name; where it is a number, it selects (`ref=2026-113` is a file's).
REFERRER = re.compile(r"(?i)ref(?:errer|erer)?=\D*")
# These track only when their value names a way in, such as `source=rss` or `from=homepage`.
REFERRAL = re.compile(
    r"(?i)from|source|src|via|partner|origin|medium|cid|cmp|campaign|emc|shared?|feature|traffic_source"
)
WAY_IN = re.compile(
    r"""(?ix)
    (?: rss\d* | feed | atom | newsletter | e?mail | twitter | x | facebook | fb | whatsapp | telegram | linkedin
      | reddit | pinterest | tumblr | instagram | flipboard | pocket | social | share | home | homepage | frontpage
      | push | app | google-?news | apple-?news | smartnews | upday | widget | related | most-?read | teaser | ticker )
    (?:[-_.:].*)?
    """
)
# Session ids by name; and by names that may also select content (PHP-Nuke's `sid` is a story): there the value decides.
SESSION = re.compile(r"(?i)phpsessid|jsessionid|aspsessionid\w*|asp\.net_sessionid|oscsid|zenid|cfid|cftoken")
MAYBE_SESSION = re.compile(r"(?i)sid|ssid|sess|sessid|sesskey|session|session[-_]?(?:id|key|token)")
TOKEN = re.compile(r"(?i)(?=.*\d.*\d)(?=.*[a-z])[a-z0-9]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Java's path parameter, and the segment of ASP.NET's cookieless sessions: `/(S(token))/`.
SESSION_IN_PATH = re.compile(r"(?i);(?:jsessionid|phpsessid|sid|sessionid)=[^/;]*|/\((?:[A-Z]\([^()/]*\))+\)(?=/|$)")

VARIANT_NAME = re.compile(r"(?i)_{0,2}amp|amphtml|print(?:able|er|page|view|er_?friendly)?|amp_(?:js_v|gsa|r)|usqp")
SWITCH = re.compile(
    r"(?i)view|output|output_?type|format|mode|type|template|tmpl|layout|style|version|action|op|do|display|alt|render"
)
VARIANT_VALUE = re.compile(
    r"(?i)amp(?:[-_]?html|[-_]type)?|print(?:able|er|[-_]?(?:page|view|version|er-?friendly))?|component"
)  # Joomla
VARIANT_SUFFIX = re.compile(r"(?i)[._,](?:amp|print)(?=\.\w{3,5}$|$)")
MOBILE_HOSTS = ("www.", "m.", "amp.", "mobile.")

INDEX = re.compile(r"(?i)(?:^|/)(?:index\.(?:x?html?|shtml|php\d?|aspx?|jsp|cfm)|default\.(?:aspx?|html?))$")
CASELESS_EXTENSION = re.compile(r"(?i)\.(?:aspx?|ashx|cfml?)$")
LONG_SLUG = re.compile(r"[^\W_]+(?:-[^\W_]+){2,}")

HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*|\[[0-9a-f:.]+\]")
UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
NOT_PATH = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/-]")
NOT_QUERY = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9._~!$&'()*+,;=:@/?-]")
DEFAULT_PORTS = {"http": 80, "https": 443}


def normalize_url(url: str, base: str | None = None) -> str | None:
    """Return the absolute form of `url` that is worth fetching; None when it is malformed or not http(s).

    Fragment, default port, tracking parameters and session ids are gone, the host is lower-case IDNA, dot segments
    are resolved, and what is not allowed raw is percent-encoded as UTF-8, whatever the page's own charset. The order
    of the parameters is kept. URLs with user information are refused: in news pages they are mistyped addresses.

    Source:
        RFC 3986 §6.2.2 for equivalence; the URL Standard for white space, backslashes and UTF-8.
    """
    try:
        parts = urlsplit(urljoin(base, _tidy(url)) if base else _tidy(url))
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or "@" in parts.netloc:
        return None
    host = _ascii_host(parts.hostname or "", is_ipv6="[" in parts.netloc)
    if host is None:
        return None
    if port is not None and port != DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    query = "&".join(_parameters(parts.query))
    return f"{parts.scheme}://{host}{_clean_path(parts.path)}" + (f"?{query}" if query else "")


def url_key(url: str) -> str:
    """Return the key that all URLs of one article share: host, path and sorted query, without a scheme.

    Beyond `normalize_url` it ignores the scheme, ports 80 and 443, a leading `www.`, `m.`, `amp.` or `mobile.`, the
    trailing slash, index pages, and AMP and print forms. Letter case of the path is ignored only where that is safe:
    under ASP and ColdFusion extensions, or when the last segment has three hyphenated words. A malformed URL is its
    own key.
    """
    normal = normalize_url(url)
    if normal is None:
        return url.strip()
    parts = urlsplit(normal)
    host = _plain_host(parts)
    path = _plain_path(parts.path)
    query = "&".join(sorted(part for part in parts.query.split("&") if part and not _is_variant_parameter(part)))
    return host + path + (f"?{query}" if query else "")


def is_variant(url: str) -> bool:
    """Whether `url` has the form of an AMP or print page: fetch the plain one where that is known."""
    normal = normalize_url(url)
    if normal is None:
        return False
    parts = urlsplit(normal)
    return (
        (parts.hostname or "").startswith("amp.")
        or any(_is_variant_parameter(part) for part in parts.query.split("&") if part)
        or _without_variant(parts.path) != parts.path
    )


def _tidy(url: str) -> str:
    """Return `url` as a browser reads it: no white space round it or line breaks in it, no backslashes, no fragment."""
    url = re.sub(r"[\t\r\n]", "", url.strip(" \t\r\n\f\v\0\ufeff\u00a0")).partition("#")[0]
    head, mark, query = url.partition("?")
    return head.replace("\\", "/") + mark + query


def _ascii_host(host: str, *, is_ipv6: bool) -> str | None:
    if is_ipv6:
        host = f"[{host}]"
    elif not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    host = host.lower().removesuffix(".")
    return host if HOST.fullmatch(host) else None


def _encode(text: str, not_allowed: re.Pattern[str]) -> str:
    """Percent-encode what may not stand raw, and decode what needs no encoding."""

    def fix(match: re.Match[str]) -> str:
        if match[1] is None:
            return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))
        char = chr(int(match[1], 16))
        return char if UNRESERVED.fullmatch(char) else match[0].upper()

    return not_allowed.sub(fix, text)


def _clean_path(path: str) -> str:
    segments: list[str] = []
    rest = SESSION_IN_PATH.sub("", _encode(path, NOT_PATH)).removeprefix("/").split("/")
    for segment in rest:
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    if rest[-1] in {".", ".."}:
        segments.append("")
    return "/" + "/".join(segments)


def _parameters(query: str) -> list[str]:
    """Return the parameters that may select content, encoded; `&amp;` left by double escaping counts as `&`."""
    parts = _encode(re.sub(r"&(?:amp;)+", "&", query), NOT_QUERY).split("&")
    return [part for part in parts if part and not _is_noise(part)]


def _is_noise(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    if TRACKING.fullmatch(name) or SESSION.fullmatch(name) or REFERRER.fullmatch(parameter):
        return True
    if REFERRAL.fullmatch(name) and WAY_IN.fullmatch(value):
        return True
    return bool(MAYBE_SESSION.fullmatch(name) and TOKEN.fullmatch(value))


def _plain_host(parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if "[" in parts.netloc else parts.hostname or ""
    while prefix := next((p for p in MOBILE_HOSTS if host.startswith(p) and "." in host[len(p) :]), None):
        host = host.removeprefix(prefix)
    return host if parts.port in {None, 80, 443} else f"{host}:{parts.port}"


def _plain_path(path: str) -> str:
    path = INDEX.sub("", _without_variant(re.sub(r"//+", "/", path))).rstrip("/")
    last = path.rpartition("/")[2]
    if CASELESS_EXTENSION.search(path) or LONG_SLUG.search(last):
        path = re.sub(r"%[0-9A-F]{2}|[A-Z]+", lambda match: match[0] if match[0][0] == "%" else match[0].lower(), path)
    return path


def _without_variant(path: str) -> str:
    """Return `path` without an `amp` or `print` segment or suffix; the same when that is all there is."""
    segments = path.split("/")
    kept = [segment for segment in segments if segment.lower() not in {"amp", "print"}]
    if len(kept) == len(segments) or not any(kept):
        kept = segments
    return VARIANT_SUFFIX.sub("", "/".join(kept))


def _is_variant_parameter(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    if VARIANT_NAME.fullmatch(name):
        return value not in {"0", "false", "no"}
    if name.lower() in {"m", "mobile"}:  # Blogger's m=1; WordPress's m=202611 is an archive
        return value in {"0", "1", "true"}
    return bool(SWITCH.fullmatch(name) and VARIANT_VALUE.fullmatch(value))
