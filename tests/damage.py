"""Damage that a checksum sees."""


def flip(body: bytes, share: float = 0.5) -> bytes:
    """Return `body` with one bit changed, so far along; in a WARC, within what a gzip member holds.

    The header of a member has bytes that nothing guards (RFC 1952: MTIME, XFL, OS): a flip there is no damage.
    """
    wanted = int(len(body) * share)
    member = body.find(b"\x1f\x8b\x08", wanted)
    place = member + 40 if member >= 0 else wanted
    return body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
