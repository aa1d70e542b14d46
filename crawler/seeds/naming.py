"""Ids for sources that come without one."""

import re
import unicodedata
from collections.abc import Container
from urllib.parse import urlsplit

MAX_LENGTH = 63
# What decomposition (NFKD) leaves as it is. Cyrillic by common newspaper usage, Greek by ISO 843 without accents.
SPELLINGS = """
    ß=ss æ=ae œ=oe ø=o đ=d ð=d þ=th ł=l ı=i ə=e ħ=h ŋ=ng ŧ=t
    а=a б=b в=v г=g д=d е=e з=z и=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=h ы=y э=e
    ж=zh ц=ts ч=ch ш=sh щ=shch ю=yu я=ya ь= ъ= є=ye і=i ґ=g ђ=dj ј=j љ=lj њ=nj ћ=c џ=dz ѕ=dz
    α=a β=v γ=g δ=d ε=e ζ=z η=i θ=th ι=i κ=k λ=l μ=m ν=n ξ=x ο=o π=p ρ=r σ=s ς=s τ=t υ=y φ=f χ=ch ψ=ps ω=o
    '= ’= ʻ= ʼ=
"""
LETTERS = str.maketrans(dict(pair.split("=") for pair in SPELLINGS.split()))


def make_id(name: str, home_page: str, *, taken: Container[str] = ()) -> str:
    """Return an id made of `name`, or of the host when the name's script has no Latin spelling here.

    An id in `taken` gets a number: `-2`, `-3` ...
    """
    stem = slug(name) or slug(urlsplit(home_page).netloc.removeprefix("www.")) or "source"
    found, number = stem, 1
    while found in taken:
        number += 1
        found = f"{stem[: MAX_LENGTH - len(str(number)) - 1].rstrip('-')}-{number}"
    return found


def slug(text: str) -> str:
    """Return `text` in a-z, 0-9 and hyphens, at most 63; empty when any letter of it has no spelling."""
    plain = "".join(
        _spell(character) for character in unicodedata.normalize("NFC", text.casefold().replace("&", " and "))
    )
    if any(character.isalnum() and not character.isascii() for character in plain):
        return ""
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_LENGTH].rstrip("-")


def _spell(character: str) -> str:
    """Return the Latin spelling of one character, itself when there is none."""
    known = character.translate(LETTERS)
    if known != character:
        return known
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    return bare.casefold().translate(LETTERS)
