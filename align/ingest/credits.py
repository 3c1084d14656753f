"""Where a text says whose report it is: credits, datelines, self-references, photo credits.

Each function looks at one block's text and returns offsets into it. What merely cites an outlet ("Bloomberg a
rapporté", "he told Reuters", "selon l'AFP") is none of these, but in `citations`: an outlet does not cite itself that
way, others do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from align.ingest.outlets import OutletTable
from align.records import Span

__all__ = ["Dateline", "dateline", "named_in", "photo_credits", "self_references", "trailing_credit", "trailing_extra"]

_SOURCE = r"(?:Sources?|SOURCES?|Kaynak|KAYNAK|Haber\s+kaynağı|المصدر|المصادر|Источники?|Quelle|Fuente|Fonte|Via|VIA)"
_END = r"(?:[.!?…؟][\"'”’»)\]]*|[\"”»)])"  # how a sentence ends, with its closing marks
_LABELLED = re.compile(rf"(?:^|(?<=\s)|(?<=[.!?…؟»”\")])|(?<=\())({_SOURCE}\s*[:：]\s*[^\s].{{0,79}})$")
_UNLABELLED = re.compile(rf"{_END}\s+((?:Source|SOURCE|Kaynak)\s+(?P<names>[^.]{{2,60}}))$")
_REPORTING = re.compile(
    r"(?:^|(?<=\s))(\(?(?:Additional\s+)?(?:Reporting|Writing|Editing)\s+by\s+[^\W\d_].{0,300}"
    r"|\(?Our\s+Standards\s*:.{0,80}|\(?Reportage\s+de\s+[^\W\d_].{0,80}avec\s.{0,80})$"
)
_PARENTHESISED = re.compile(rf"{_END}\s*(\((?P<names>[^()]{{2,60}})\)\.?)$")
_DASHED = re.compile(rf"{_END}\s*((?:--|[-–—])\s*(?P<names>[^\s.][^.!?]{{1,40}})\.?)$")
_BARE = re.compile(rf"{_END}\s+(?P<names>[^.!?:;]{{2,60}})$")
_MAX_CREDIT = 400  # characters from a block's end in which a credit is looked for
_CONNECTIVES = re.compile(
    r"\b(?:with|and|avec|et|ile|ve|haber\s+merkezi|agencies|agences?|ajanslar|newsroom|news|english|service|press"
    r"|the|l|via|mit|und|con|agency|agence)\b|[\W\d_]|(?:وكالات|مع|и|агентства)",
    re.IGNORECASE,
)
_EXTRA = re.compile(
    r"(?<=\s)((?:Détails\s+à\s+suivre|Plus\s+de\s+détails\s+à\s+venir|More\s+(?:details\s+)?to\s+follow"
    r"|Details\s+to\s+follow|Ayrıntılar\s+geliyor|Ayrıntılar\s+az\s+sonra|التفاصيل\s+لاحقا|Подробности\s+следуют)\s*[.!…]*)$",
    re.IGNORECASE,
)

_UPPER = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŔŖŘŚŞŠŢŤŪŮŰŲŸŹŻŽА-ЯЁΑ-Ω\u0621-\u064a]"
_PLACE_WORD = rf"(?:{_UPPER}[\w'’.-]*|al-[\w'’-]+|el-[\w'’-]+|de|du|des|la|le|of|the|sur|en|bin)"
_PLACE = rf"{_UPPER}[\w'’.-]*(?:[ /]{_PLACE_WORD}){{0,4}}(?:\s\([^()]{{2,30}}\))?"
_PLACE += rf"(?:,\s{_UPPER}[\w'’.-]*(?:\s{_UPPER}[\w'’.-]*)?)?"
_DAY = r"(?:\d{1,2}(?:er)?\.?\s[^\W\d_]{3,12}\.?|[^\W\d_]{3,12}\.?\s\d{1,2})(?:,?\s\d{4})?"
_DASH = r"(?:--|[-–—])"
_WITH_AGENCY = (
    # ISTANBUL, Oct 7 (Reuters) -   KOZANLI (AA) -   Aksuvar (Turquie), 12 avr. 2022 (AFP) –   بيروت (رويترز) -
    re.compile(
        rf"(?P<place>{_PLACE})(?:,?\s(?P<day>{_DAY}))?,?\s*\((?P<agency>[^()]{{2,30}})\)(?:\s*(?:{_DASH}|:)\s*(?=\S)|$)"
    ),
    # HMEIMIM, March 9. /TASS/.   МОСКВА, 20 февраля. /ТАСС/.
    re.compile(
        rf"(?P<place>{_PLACE})(?:,?\s(?P<day>{_DAY}))?[.,]?\s*/(?P<agency>[^/]{{2,30}})/[.:]?\s*{_DASH}?\s*(?=\S)"
    ),
    # МОСКВА, 20 фев — РИА Новости.   ANKARA - AA
    re.compile(
        rf"(?P<place>{_PLACE})(?:,\s(?P<day>{_DAY}))?,?\s*{_DASH}\s*(?P<agency>[^\W\d_][^.:,–—-]{{1,28}}?)(?:[.:]|\s{_DASH})\s+(?=\S)"
    ),
    # Damascus, SANA-   Aleppo SANA-Terrorist   دمشق-سانا   أنقرة/ الأناضول
    re.compile(rf"(?P<place>{_PLACE}?)[,/\s-]\s?[-/]?\s?(?P<agency>[^\W\d_]{{2,12}})\s?(?:{_DASH}|/|:|\n)\s*(?=\S)"),
)
_CAPITAL = _UPPER.replace(r"\u0621-\u064a", "")
_PLACE_ONLY = re.compile(
    # Lattaquié – Les unités   TEL AVIV - ...   CONAKRY- ...   الرباط – ...: Arabic has no capitals, so one word only
    rf"(?P<place>{_CAPITAL}[\w.]*(?:-[\w]+)?(?:\s{_CAPITAL}[\w.-]*)?|[\u0621-\u064a]{{3,12}})(?:,\s(?P<day>{_DAY}))?"
    rf"(?:\s(?:--|[-–—])|(?<={_CAPITAL}{_CAPITAL})[-–—])\s+(?=[\"“«(]?{_UPPER})"
)
_LABELS = re.compile(  # rubrics that stand before a dash as places do
    r"(?:faits?[- ]divers|polémique|correction|insolite|monde|politique|économie|sports?|société|culture"
    r"|retour\s+sur|world|politics|business|opinions?|dünya|spor|gündem|siyaset|ekonomi|мир|политика|спорт|vid[eé]os?|photos?|images?|direct|live|analyse|analysis|update|exclusi[fv]e?|interview|opinion"
    r"|[eé]ditorial|reportage|watch|breaking|son dakika|canlı|görüntülü|haber|covid|coronavirus|article"
    r"|question|réponse|answer|note|part|partie"
    r"|фото|видео|срочно|عاجل|فيديو|صور)\b",
    re.IGNORECASE,
)
_MAX_DATELINE = 120
_MIN_BODY = 60  # characters that must follow a dateline that names no agency


@dataclass(frozen=True, slots=True)
class Dateline:
    """The opening of a report: its span with the closing dash, the key of the agency it names, the day it states."""

    span: Span
    outlet: str | None
    day: str | None


def dateline(text: str, outlets: OutletTable) -> Dateline | None:
    """The dateline that `text` begins with.

    One that names an agency of the table ("ANKARA (AA) -", "MOSCOW, October 8. /TASS/.") is taken wherever it
    stands. A place and a dash alone ("Lattaquié – Les unités") also open headlines ("Lattaquié – Centre de suivi"),
    rubrics ("Vidéo – ...") and dialogue, so they count only before a longer text that ends like a sentence, and
    never for a word of `_LABELS`. A place without dash ("BEIRUT A Russian") is not recognized.
    """
    for pattern in _WITH_AGENCY:
        match = pattern.match(text)
        if match and match.end() <= _MAX_DATELINE and not outlets.by_name(match["place"]):
            key = outlets.by_name(match["agency"])
            if key and pattern is _WITH_AGENCY[3] and outlets[key].kind != "agency":
                continue  # "Invité de BFM-TV"
            if key or (pattern is _WITH_AGENCY[0] and match["place"].isupper() and match["agency"].isupper()):
                return Dateline(_trimmed(text, match), key, match.groupdict().get("day"))
    match = _PLACE_ONLY.match(text)
    runs_on = (
        match and len(text) - match.end() >= _MIN_BODY and text.rstrip().endswith((".", "»", "”", '"', "!", "?", "…"))
    )
    if match and runs_on and not _LABELS.match(text):
        return Dateline(_trimmed(text, match), None, match["day"])
    return None


def _trimmed(text: str, match: re.Match[str]) -> Span:
    return Span(match.start(), match.start() + len(text[match.start() : match.end()].rstrip()))


def trailing_credit(text: str, outlets: OutletTable) -> Span | None:
    """The credit that `text` ends with, or is: "Source: ...", "(AFP)", "-- Reuters", "Le Monde avec AFP".

    A labelled source is taken as it is; any other credit must follow the end of a sentence and consist of names of
    the table and words like "with": "(Valmer)" and "– the army" are no credits. "Source" inside a sentence ("une
    source : l'armée") is none either, since the label is capital and the credit ends the block within 80 characters.
    """
    before = max(0, len(text) - _MAX_CREDIT)
    for pattern in (_LABELLED, _REPORTING):
        match = pattern.search(text, before)
        if match:
            return _with_bracket(text, match.start(1))
    for pattern in (_UNLABELLED, _PARENTHESISED, _DASHED, _BARE):
        match = pattern.search(text, before)
        if match and is_credit(match["names"], outlets):
            return Span(match.start(1) if match.re.groups > 1 else match.start("names"), len(text))
    return Span(0, len(text)) if len(text) <= 60 and _is_bare_credit(text, outlets) else None


def _is_bare_credit(text: str, outlets: OutletTable) -> bool:
    """Whether a whole block is a credit: "Daily Sabah with AA", "(سانا)". A lone word that is also a name is none."""
    named = [span.of(text) for span, _ in outlets.find_names(text, ambiguous=True)]
    bracketed = text.startswith("(") and text.rstrip(".").endswith(")")
    sure = bracketed or bool(outlets.find_names(text)) or any(name.isupper() or " " in name for name in named)
    return sure and not text.endswith((":", "!", "?")) and is_credit(text, outlets)


def _with_bracket(text: str, begin: int) -> Span:
    """From `begin`, or from the bracket that opens right before it."""
    before = text[:begin].rstrip()
    return Span(len(before) - 1 if before.endswith(("(", "[")) else begin, len(text))


def is_credit(text: str, outlets: OutletTable) -> bool:
    """Whether `text` consists of outlets' names and of words that join them."""
    names = outlets.find_names(text, ambiguous=True)
    rest, position = "", 0
    for span, _ in names:
        rest += text[position : span.begin] + " "
        position = span.end
    return bool(names) and not _CONNECTIVES.sub("", rest + text[position:])


def trailing_extra(text: str) -> Span | None:
    """A "more to follow" that `text` ends with."""
    match = _EXTRA.search(text, max(0, len(text) - _MAX_CREDIT))
    return Span(match.start(1), len(text)) if match else None


def named_in(text: str, outlets: OutletTable) -> list[tuple[Span, str]]:
    """The outlets that a credit, dateline or byline names, with the word that makes one a partner ("with AFP").

    A span that begins with that word says that the outlet's material was used, not that the outlet is the author.
    """
    found = []
    for span, key in outlets.find_names(text, ambiguous=True):
        partner = re.search(
            r"\b(?:with|avec|con|mit|с|and|et|ve|и|مع)\s+(?:l['’]|the\s+)?$", text[: span.begin], re.IGNORECASE
        )
        found.append((Span(partner.start() if partner else span.begin, span.end), key))
    return found


_JOURNALIST = (
    r"(?:journalistes?|correspondante?s?|envoyée?s?\s+spéciale?s?|reporters?|équipe|rédaction|photographe|correspondents?"
    r"|crew|team|photographer|bureau)"
)
_MARGIN = 80  # characters before a name that are looked at
_ARTICLE = r"(?:\b(?:une?|les?|la|l['’]|des|notre|nos|ses|an?|the|our|its)\s*)?"
_BEFORE = re.compile(
    rf"(?:{_ARTICLE}\b{_JOURNALIST}(?:\s+(?:à|in|en|au|dans)\s+[\w'’-]+)?\s+(?:de|du|d['’]|of|for|from|with)\s*"
    r"(?:(?:la|l['’]|the)\s*)?(?:(?:chaîne|agence|télévision|agency|channel|network)\s*)?"
    r"|\bкорреспондент\w*\s+(?:агентства\s+)?[«\"]?|(?:مراسلة?|مندوبة?|موفدة?|لمراسلة?|مراسلو)\s+(?:وكالة\s+|قناة\s+|ال)?)$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"(?:['’]s)?\s+(?:[\w-]+\s+)?{_JOURNALIST}\b|\s+a\s+les\s+détails|\s+has\s+(?:the|more)\s+(?:details|story|on)"
    r"|\s+(?:could\s+not|was\s+not\s+able\s+to|was\s+unable\s+to|cannot|can\s*not)\s+(?:be\s+|immediately\s+|independently\s+)*"
    r"(?:verify|confirm|reach|authenticate)|\s+n['’](?:a|était)\s+pas\s+(?:pu|en\s+mesure)"
    r"|(?:['’]\w{1,4})?\s+(?:foto\s+)?(?:muhabir(?:i(?:ne|nin|nden)?|leri)|ekibi)\b",
    re.IGNORECASE,
)
_PRESENTER = re.compile(rf"(?:{_UPPER}[\w'’-]+\s+){{1,3}}(?:de|of|from)\s+(?:l['’]|the\s+)?$")
_VERB = re.compile(r"(?:\s+[\w'’-]+){1,2}")
_VICTIM = re.compile(
    r"(?:killed|wounded|injured|arrested|detained|kidnapped|jailed|tuée?|blessée?|arrêtée?|détenue?|interpellée?|enlevée?|assassinée?"
    r"|öldürül|yaraland|gözaltı|tutuklan|убит|ранен|задержан|арестован|مقتل|اعتقال|استشهاد|إصابة)",
    re.IGNORECASE,
)


def self_references(text: str, names: Iterable[tuple[Span, str]]) -> list[tuple[Span, str]]:
    """Where a report speaks of its own staff: "Un journaliste de SANA a déclaré", "AA muhabirine", "Reuters could not
    verify", "Nora Ellis de RT America a les détails". `names` are those of the text, ambiguous ones included.

    A journalist who is the news ("a BBC reporter was detained") speaks for nobody, so a word of harm nearby rules the
    place out. Known to go wrong: a rewriter that keeps "a SANA correspondent said" is taken for SANA unless the
    document says who published it.
    """
    found = []
    for span, key in names:
        margin = max(0, span.begin - _MARGIN)
        head = text[margin : span.begin]
        before = _BEFORE.search(head)
        after = _AFTER.match(text, span.end)
        if not before and not after:
            continue
        before = before or _PRESENTER.search(head)
        after = after or _VERB.match(text, span.end)
        whole = Span(margin + before.start() if before else span.begin, after.end() if after else span.end)
        if not _VICTIM.search(text[max(0, whole.begin - 20) : whole.end + 40]):
            found.append((Span(*_stripped(text, whole)), key))
    return found


def _stripped(text: str, span: Span) -> tuple[int, int]:
    part = span.of(text)
    return span.begin + len(part) - len(part.lstrip()), span.begin + len(part.rstrip())


_PHOTO = re.compile(
    r"(?:©|\(c\)(?=\s*[A-Z])|Crédits?\s*(?:photo)?\s*:|Photo\s*(?:credit)?\s*:|Fotoğraf\s*:|Foto\s*:|Фото\s*:|صورة\s*:)\s*(?P<credit>[^©\n]{2,80})",
    re.IGNORECASE,
)


def photo_credits(text: str, outlets: OutletTable) -> list[tuple[Span, str | None]]:
    """The credits of pictures in a caption, with the key of the outlet that each names, if any.

    A picture's credit says who took the picture, never whose story it stands in.
    """
    found: list[tuple[Span, str | None]] = []
    for match in _PHOTO.finditer(text):
        credit = match["credit"].rstrip(" .)]\t")
        names = outlets.find_names(credit, ambiguous=True)
        found.append((Span(match.start(), match.start("credit") + len(credit)), names[0][1] if names else None))
    return found
