"""The table of outlets: their keys, names in several languages and scripts, and domains.

The built-in table is `outlets.toml`; a file of the same form adds outlets and adds names and domains to known ones.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from align.errors import ConfigError
from align.records import Span

__all__ = ["Outlet", "OutletTable", "fold", "slug"]

OutletKind = Literal["agency", "outlet"]

_BUILT_IN = Path(__file__).with_name("outlets.toml")
_LISTS = ("names", "ambiguous", "aliases", "domains")
_KEY = re.compile(r"[^\W_][\w.-]*")
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}")
_WORD = re.compile(r"\w+")
_SITE_SUFFIX = re.compile(r"\.(?:com|net|org|fr|ru|info)(?:\.tr)?$")
_SECOND_LEVEL = frozenset(("co", "com", "org", "net", "gov", "ac", "edu"))  # as in co.uk, com.tr
_CLITICS = frozenset(("و", "ف", "ب", "ل", "ك", "ول", "وب", "فب"))  # Arabic "and", "by", "for" are written onto the name


class _Folding(dict[int, str]):
    """One character for one, so that offsets into the folded text are offsets into the text."""

    _SPECIAL: Mapping[str, str] = {
        **dict.fromkeys("’ʼ‘`´", "'"),
        **dict.fromkeys("‐‑‒", "-"),
        **dict.fromkeys("İıI", "i"),
        "ة": "ه",
        "ى": "ي",
        "ی": "ي",
        "ک": "ك",
    }

    def __missing__(self, code: int) -> str:
        character = chr(code)
        base = unicodedata.normalize("NFD", character)[0].lower()
        folded = self._SPECIAL.get(character) or (base if len(base) == 1 else character)
        self[code] = " " if folded.isspace() and folded != "\n" else folded
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` without case, accents, dotted or dotless i, typographic apostrophes; of the same length.

    Meant for comparing names, not for linguistics: Turkish `ı` and `i` fall together, as do Arabic alefs.
    """
    return text.translate(_FOLDING)


def slug(name: str) -> str:
    """A key for an outlet that no table has, from its name or its host: "The Harbour Ledger" is `harbourledger`.

    Of a host it takes the label that was registered, so that a site's name and its address mostly give one key.
    """
    words = re.findall(r"[^\W_]+", fold(_registered(host(name)) if _is_host(name) else name))
    return "".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words) or "unnamed"


def _registered(hostname: str) -> str:
    labels = hostname.split(".")
    labels.pop()
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    return labels[-1] if labels else hostname


@dataclass(frozen=True, slots=True)
class Outlet:
    """One outlet. `ambiguous` names count only where a source is named, `aliases` only as a whole metadata value."""

    key: str
    kind: OutletKind = "outlet"
    names: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class OutletTable:
    """Finds outlets by name, by domain, and in running text."""

    def __init__(self, outlets: Iterable[Outlet]) -> None:
        self.outlets = {outlet.key: outlet for outlet in outlets}

    @classmethod
    def load(cls, extra: Path | None = None) -> OutletTable:
        """The built-in table, with the outlets of `extra` added; lists of a known key are joined.

        Raises ConfigError naming file and key for what is no such table, or a name that two outlets claim.
        """
        known = _read(_BUILT_IN, {})
        if extra:
            known |= _read(extra, known)
        _refuse_shared(known.values(), extra or _BUILT_IN)
        return cls(known.values())

    def __getitem__(self, key: str) -> Outlet:
        return self.outlets[key]

    def __contains__(self, key: object) -> bool:
        return key in self.outlets

    @cached_property
    def _spellings(self) -> dict[str, str]:
        return {
            fold(spelling): outlet.key
            for outlet in self.outlets.values()
            for spelling in (outlet.key, *outlet.names, *outlet.ambiguous, *outlet.aliases)
        }

    @cached_property
    def _hosts(self) -> dict[str, str]:
        return {domain.lower(): outlet.key for outlet in self.outlets.values() for domain in outlet.domains}

    @cached_property
    def _by_first_word(self) -> dict[str, list[_Spelling]]:
        index: dict[str, list[_Spelling]] = {}
        for outlet in self.outlets.values():
            for names, ambiguous in ((outlet.names, False), (outlet.ambiguous, True)):
                for name in names:
                    spelling = _Spelling(name, outlet.key, ambiguous)
                    index.setdefault(_first_word(name), []).append(spelling)
        for spellings in index.values():
            spellings.sort(key=lambda spelling: (-len(spelling.name), spelling.name))
        return index

    def by_name(self, text: str) -> str | None:
        """The key of the outlet that `text` as a whole names, whatever its case; "Le Monde.fr" is "Le Monde"."""
        folded = " ".join(fold(text).split())
        return self._spellings.get(folded) or self._spellings.get(_SITE_SUFFIX.sub("", folded))

    def by_domain(self, url: str) -> str | None:
        """The key of the outlet on whose domain or subdomain a URL (or a bare host) lies."""
        labels = host(url).split(".")
        for start in range(len(labels) - 1):
            key = self._hosts.get(".".join(labels[start:]))
            if key:
                return key
        return None

    def resolve(self, name: str) -> str | None:
        """The key for a name or host found in metadata; one that no table has gets a key of its own."""
        name = name.strip()
        if not name:
            return None
        return self.by_name(name) or self.by_domain(name) or slug(name)

    def of_url(self, url: str) -> str | None:
        """The key for the site at a URL, one of its own when no table has it; None for what has no host."""
        return self.by_domain(url) or (slug(host(url)) if host(url) else None)

    def find_names(self, text: str, *, ambiguous: bool = False) -> list[tuple[Span, str]]:
        """Where outlets are named in running text, longest name first at each place, with their keys.

        A name counts as a whole word and with the capitals of a name: "Le Monde" and "LE MONDE", not "le monde
        entier"; an Arabic name may carry a written-on particle, a Turkish one a suffix after an apostrophe.
        `ambiguous` also admits names that are ordinary words or initials: only for text where a source is named.
        """
        folded = fold(text)
        found: list[tuple[Span, str]] = []
        position = 0
        for word in _WORD.finditer(folded):
            if word.start() < position or text[word.start() - 1 : word.start()] in ("@", "#"):
                continue
            for begin, first in _readings(word):
                hit = self._name_at(text, folded, begin, first, ambiguous)
                if hit:
                    found.append(hit)
                    position = hit[0].end
                    break
        return found

    def _name_at(self, text: str, folded: str, begin: int, first: str, ambiguous: bool) -> tuple[Span, str] | None:
        for spelling in self._by_first_word.get(first, ()):
            match = spelling.pattern.match(folded, begin)
            if not match or (spelling.ambiguous and not ambiguous):
                continue
            written = text[begin : match.end()]
            if not _continues(text, match.end()) and spelling.fits(written):
                return Span(begin, match.end()), spelling.key
        return None


class _Spelling:
    """One name as it is looked for in text."""

    def __init__(self, name: str, key: str, ambiguous: bool) -> None:
        self.name, self.key, self.ambiguous = name, key, ambiguous
        self.pattern = re.compile(r"\s+".join(map(re.escape, fold(name).split())))

    def fits(self, written: str) -> bool:
        """Whether the capitals are those of a name."""
        if len(self.name) > 3 and written.isupper():
            return True
        if self.ambiguous:
            return written == self.name
        pairs = zip(self.name.split(), written.split(), strict=False)
        return all(len(ours) <= 3 < len(self.name) or not _lowered(ours, theirs) for ours, theirs in pairs)


def _lowered(name: str, written: str) -> bool:
    return name[:1].isupper() and written[:1].islower()


def _continues(text: str, end: int) -> bool:
    """Whether a word or a host name goes on after `end`: "RTL", "aa.com.tr"."""
    rest = text[end : end + 2]
    return bool(rest) and (rest[0].isalnum() or rest[0] == "_" or (rest[0] == "." and rest[1:].islower()))


def _first_word(name: str) -> str:
    found = _WORD.search(fold(name))
    assert found, f"a name without a word: {name!r}"
    return found.group()


def _readings(word: re.Match[str]) -> Iterable[tuple[int, str]]:
    """A word as it stands, then without the Arabic particles that may be written onto it."""
    yield word.start(), word.group()
    for length in (1, 2):
        if word.group()[:length] in _CLITICS:
            yield word.start() + length, word.group()[length:]


def host(url: str) -> str:
    """The host of a URL or a bare host, in lower case without `www.`; empty when there is none."""
    try:
        name = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:  # a bracket that opens no IPv6 address
        return ""
    return name.removeprefix("www.")


def _is_host(name: str) -> bool:
    return bool(_HOST.fullmatch(name)) or "//" in name


def _read(path: Path, known: Mapping[str, Outlet]) -> dict[str, Outlet]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot read the table of outlets: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from error
    return {key: _outlet(known.get(key, Outlet(key)), table, f"{path}: [{key}]") for key, table in tables.items()}


def _outlet(known: Outlet, table: Any, where: str) -> Outlet:
    """`known` with what the file's table adds to it."""
    key = known.key
    if not _KEY.fullmatch(key) or key != key.lower():
        raise ConfigError(f"{where}: not an outlet key: {key!r}; allowed: lower-case letters, digits, '-', '.', '_'")
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: expected a table, got {table!r}; write [{key}] and its keys below")
    for name, value in table.items():
        if name not in ("kind", *_LISTS):
            raise ConfigError(f"{where}: unknown key {name!r}; allowed: kind, {', '.join(_LISTS)}")
        if name in _LISTS and not _texts(value):
            raise ConfigError(f"{where}: {name}: expected a list of texts with a letter or digit, got {value!r}")
    kind = table.get("kind", known.kind)
    if kind not in get_args(OutletKind):
        raise ConfigError(f"{where}: kind: unknown {kind!r}; allowed: {', '.join(get_args(OutletKind))}")
    joined = {name: tuple(dict.fromkeys((*getattr(known, name), *table.get(name, ())))) for name in _LISTS}
    return Outlet(key, kind, **joined)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and _WORD.search(fold(item)) for item in value)


def _refuse_shared(outlets: Iterable[Outlet], path: Path) -> None:
    owners: dict[str, str] = {}
    for outlet in outlets:
        for spelling in (outlet.key, *outlet.names, *outlet.ambiguous, *outlet.aliases, *outlet.domains):
            owner = owners.setdefault(fold(spelling), outlet.key)
            if owner != outlet.key:
                raise ConfigError(f"{path}: [{outlet.key}]: {spelling!r} already names [{owner}]; leave it to one")
