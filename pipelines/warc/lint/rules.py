"""The rules: how severe each is, which section of which standard it comes from, and what it asks."""

from enum import StrEnum

import attrs


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # the standard says shall or MUST, or readers get another page than the server sent
    WARNING = "warning"  # the standard recommends, archives agree, or the fault may be the server's own


@attrs.frozen
class Rule:
    """One rule.

    Attributes:
        section: `WARC 1.1 §5.4`, `WACZ 1.1.1 §pages.jsonl`, `RFC 9112 §4` ...
        asks: what a file that keeps it has.
    """

    severity: Severity
    section: str
    asks: str


def _rules(standard: str, table: str) -> dict[str, Rule]:
    """Return the rules of a table: id, `!` for an error, section, what is asked."""
    rules = {}
    for line in table.strip().splitlines():
        place, _, asks = line.partition(" | ")
        name, _, section = place.partition(" ")
        severity = Severity.ERROR if "!" in section else Severity.WARNING
        rules[name] = Rule(severity, f"{standard} §{section.strip(' !')}", asks)
    return rules


_FILE = _rules(
    "WARC 1.1",
    """
file-empty               ! 4     | the file holds at least one record
not-a-warc               ! 4     | the file begins with a WARC record, plain or compressed by gzip
file-suffix                C     | the name ends in .warc.gz when the file is compressed, in .warc when not
file-name                  C     | the name is Prefix-Timestamp-Serial-Crawlhost.warc.gz
gzip-damaged             ! D.2   | each gzip member inflates and matches its checksum
gzip-cut                 ! D.2   | the last gzip member is whole
gzip-garbage             ! D.2   | nothing but gzip members is in the file
gzip-many-records        ! D.2   | a gzip member holds one record, so that records can be read alone
gzip-split-record        ! D.2   | a record lies in one gzip member
gzip-empty                 D.2   | no gzip member is empty
record-garbage           ! 4     | a record follows upon a record
record-cut               ! 5.3   | the block is as long as Content-Length says
record-end               ! 4     | two line breaks (CR LF) follow the block, and nothing else
version                  ! 4     | the first line is WARC/1.0 or WARC/1.1
header-end               ! 4     | a blank line ends the header
header-line-break        ! 4     | the lines of the header end in CR LF
header-line              ! 4     | each line of the header is a name, a colon and a value
header-folded              4     | no value goes on over a second line, which readers treat differently
header-control           ! 4     | no value holds a control character
header-utf8              ! 4     | the header is UTF-8
""",
)
_FIELDS = _rules(
    "WARC 1.1",
    """
field-missing            ! 5     | the fields that are mandatory on every record, or on one of its type, are there
field-forbidden          ! 5     | fields that the type of the record excludes are not there
field-repeated           ! 5.1   | no field is repeated but WARC-Concurrent-To (and WARC-Protocol, an extension)
record-id                ! 5.2   | WARC-Record-ID is an absolute URI in angle brackets
record-id-repeated       ! 5.2   | no two records have one id
content-length           ! 5.3   | Content-Length is a number
date                     ! 5.4   | WARC-Date is a UTC time of the W3C profile; in WARC 1.0 to the second
type-unknown               5.5   | WARC-Type is one of the eight that the standard defines
content-type-missing       5.6   | a block that is not empty has a Content-Type
content-type             ! 5.6   | Content-Type is a media type
media-type                 6     | Content-Type is the one that the standard gives for such a block
reference                ! 5.7   | a field that names a record holds an absolute URI in angle brackets
digest-syntax            ! 5.8   | a digest is an algorithm, a colon and a value of the length that this algorithm has
digest-unknown             5.8   | the digest's algorithm is one that we can calculate
block-digest             ! 5.8   | WARC-Block-Digest is the digest of the block
payload-digest           ! 5.9   | WARC-Payload-Digest is the digest of the payload
payload-digest-chunked   ! 5.9   | the payload digest leaves the transfer coding out
payload-digest-decoded   ! 5.9   | the payload digest is of the body with its content coding
payload-digest-block     ! 5.9   | the payload digest leaves the HTTP header out
ip-address               ! 5.10  | WARC-IP-Address is an IPv4 or IPv6 address
target-uri               ! 5.14  | WARC-Target-URI is an absolute URI without white space
target-uri-bracketed     ! 5.14  | WARC-Target-URI has no angle brackets in WARC 1.1
target-uri-unescaped       5.14  | WARC-Target-URI holds only characters that RFC 3986 allows in a URI
truncated-unknown          5.15  | WARC-Truncated is length, time, disconnect or unspecified
truncated-undeclared     ! 6.3.2 | a response that was cut short says so in WARC-Truncated
identified-type-copied     5.19  | WARC-Identified-Payload-Type comes from looking at the payload, not from its header
segment                  ! 7     | segments are numbered: 1 where a record begins, 2 and more in continuations
""",
)
_RECORDS = _rules(
    "WARC 1.1",
    """
warcinfo-first             5.5   | the file begins with a warcinfo record
warcinfo-id-missing        5.16  | each record names its warcinfo record, where the file has one
warcinfo-id-unresolved     5.16  | the warcinfo record that is named lies in the file, before the record
warcinfo-fields            6.2   | warcinfo tells operator, software, robots, http-header-user-agent and conformsTo
warcinfo-filename          5.17  | WARC-Filename of the first record is the name of the file
warc-fields              ! 8.2   | a block of application/warc-fields consists of lines `name: value` that end in CR LF
concurrent-unresolved      5.7   | records named by WARC-Concurrent-To lie in the file
concurrent-date          ! 5.4   | the records of one capture share their WARC-Date
concurrent-uri             5.7   | the records of one capture share their WARC-Target-URI
refers-to-unresolved       5.11  | the record that a metadata or conversion record refers to lies in the file
revisit-profile            6.7.4 | WARC-Profile is one that the standard defines
revisit-digest           ! 6.7.2 | a revisit of an identical payload has its WARC-Payload-Digest
revisit-refers-to          6.7   | a revisit names its original: WARC-Refers-To, -Target-URI and -Date
revisit-original         ! 6.7.2 | what a revisit tells of an original in the same file is so: digest, URI, date
revisit-truncated        ! 6.7.2 | a revisit of an identical payload whose body is left out has WARC-Truncated: length
revisit-status             6.7.3 | a revisit by server-not-modified holds a 304
""",
)
_HTTP = _rules(
    "WARC 1.1",
    """
http-head                ! 6.3.2 | an application/http block is a first line, header lines and a blank line
http-status-line           6.3.2 | the status line is HTTP/1.x, a code of three digits and a reason
http-header-line           6.3.2 | each HTTP header line is a name, a colon and a value, and ends in CR LF
http-header-case           6.3.2 | header names are written as they were sent, not lower-cased by the writer
http-header-collapsed      6.3.2 | repeated headers stay apart
http-version-forged      ! 6.3.2 | the status line's version is the real one
http-request-line        ! 6.5.2 | a request line is a method, a target and a version
http-request-target      ! 6.5.2 | the request's target is that of WARC-Target-URI
http-request-query-lost  ! 6.5.2 | the request line has the query of WARC-Target-URI
http-request-host        ! 6.5.2 | the request's Host is that of WARC-Target-URI
http-content-length      ! 6.3.2 | the body is not longer than the HTTP header's Content-Length
http-chunks-removed      ! 6.3.2 | a body with Transfer-Encoding: chunked is chunked
http-chunks-undeclared   ! 6.3.2 | a chunked body has its Transfer-Encoding header
http-coding-removed      ! 6.3.2 | a body with a Content-Encoding header has not been decoded by the writer
http-coding-absent         6.3.2 | a body with a Content-Encoding header is coded (servers err, too)
http-coding-undeclared   ! 6.3.2 | a page that is compressed has its Content-Encoding header
""",
)
_WACZ = _rules(
    "WACZ 1.1.1",
    """
wacz-zip                 ! Zip Format              | the file is a ZIP file
wacz-suffix              ! Zip Format              | the name ends in .wacz
wacz-damaged             ! Zip Format              | each file in it can be read and matches its checksum
wacz-repeated            ! Zip Format              | no two files in it have one name
wacz-stored              ! Zip Compression         | WARCs and compressed indexes are stored, not compressed again
wacz-archive             ! archive                 | archive/ holds WARCs, and nothing else
wacz-indexes             ! indexes                 | indexes/ holds CDXJ, and nothing else
wacz-extra               ! Other files             | no other files are in pages/
wacz-pages               ! pages.jsonl             | pages/pages.jsonl is there
wacz-pages-header        ! pages.jsonl             | the first line of a list of pages tells its format
wacz-page                ! pages.jsonl             | each page is a JSON object with url and ts (RFC 3339)
wacz-page-unindexed        pages.jsonl             | each page is in the index
wacz-datapackage         ! datapackage.json        | datapackage.json is there: profile, wacz_version, resources
wacz-resource            ! datapackage.json        | each resource is there, and has name, path, hash and bytes
wacz-resource-unlisted   ! datapackage.json        | each file is listed as a resource
wacz-resource-bytes      ! datapackage.json        | each resource is as long as bytes says
wacz-resource-hash       ! datapackage.json        | each resource has the digest that hash says
wacz-digest-missing        datapackage-digest.json | datapackage-digest.json is there
wacz-digest              ! datapackage-digest.json | datapackage-digest.json has the digest of datapackage.json
""",
) | _rules(
    "CDXJ 0.1.0",
    """
cdxj-line                ! Format                  | each line is a key, a time of 14 or 17 digits and a JSON object
cdxj-order               ! Format                  | lines are sorted by their bytes
cdxj-place               ! Format                  | filename, offset and length are those of a record
cdxj-url                 ! Format                  | the record has the URL that the line tells
""",
)

RULES = _FILE | _FIELDS | _RECORDS | _HTTP | _WACZ
