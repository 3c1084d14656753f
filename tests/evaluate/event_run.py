"""A small run and its gold, in which every figure can be counted by hand: eight articles of two sentences each."""

import json

from align.records import (
    Agreement,
    Document,
    Evidence,
    FamilyMember,
    Origin,
    Passage,
    PassageMatch,
    Segment,
    Span,
    Story,
    WireFamily,
)
from align.runfolder import RunFolder

# ten characters a sentence, of which one is a space; the second begins at 11
TEXT = "aaaaa bbbb cccc ddddd"
FIRST, SECOND, BOTH = Span(0, 10), Span(11, 21), Span(0, 21)
LANGUAGES = {"a": "fr", "b": "fr", "c": "tr", "d": "tr", "e": "fr", "f": "fr", "g": "tr", "h": "fr"}
OUTLETS = {"a": "Agence A", "b": "B", "c": "C", "d": "D", "e": "Agence A", "f": "F", "g": "G", "h": "H"}


def match(name, source, target, score, match_class, *, spans=(FIRST, FIRST), boilerplate=False):
    """A match of two articles, flagged from a half on."""
    sides = [
        Passage(document, f"{document}:s1", None, span, span.of(TEXT), "")
        for document, span in zip((source, target), spans, strict=True)
    ]
    evidence = Evidence(0.5, 0.5, Agreement(), Agreement(), 0.0, 0.0, 0.0)
    return PassageMatch(name, *sides, score, score >= 0.5 and not boilerplate, match_class, evidence, boilerplate)


MATCHES = [
    match("m1", "a", "b", 0.9, "rewrite"),
    match("m2", "b", "a", 0.3, "same-event", spans=(SECOND, SECOND)),
    match("m3", "c", "a", 0.6, "passage", spans=(SECOND, FIRST)),
    match("m4", "d", "a", 0.7, "passage"),
    match("m5", "g", "h", 0.8, "verbatim"),
    match("m6", "e", "f", 1.0, "verbatim", boilerplate=True),
]


def family(name, members, origin, outlet, basis, origins=1):
    listed = tuple(FamilyMember(f"{member}:s1", None, None) for member in members)
    return WireFamily(name, listed, (), origins, Origin(origin, outlet, basis, ""))


FAMILIES = [
    family("family-1", "abd", "a:s1", "agence", "dateline", 2),
    family("family-2", "gh", None, "agence", "credit"),
]


def write_run(path, *, matches=MATCHES, families=FAMILIES):
    """Write the run and return its folder."""
    path.mkdir()
    folder = RunFolder(path)
    outlets = {"Agence A": "agence"}
    folder.write("documents", [Document(name, TEXT) for name in LANGUAGES])
    folder.write("stories", [Story(f"{n}:s1", n, BOTH, outlet=outlets.get(OUTLETS[n], n)) for n in LANGUAGES])
    folder.write("segments", [Segment("f:1", "f", "f:s1", 0, SECOND, SECOND.of(TEXT), "boilerplate", "fr")])
    folder.write("matches", matches)
    folder.write("families", families)
    return folder


def quoted(first, second, label, split="dev", spans=(FIRST, FIRST)):
    """A pair of quotations with its places."""
    sides = [
        {"document": name, "quote": span.of(TEXT), "begin": span.begin, "end": span.end}
        for name, span in zip((first, second), spans, strict=True)
    ]
    return {"a": sides[0], "b": sides[1], "label": label, "split": split}


def gold():
    """The gold; `test` has the articles g and h."""
    sentences = [[0, 10], [11, 21]]
    split = {name: "test" if name in "gh" else "dev" for name in LANGUAGES}
    documents = [
        {"id": n, "language": LANGUAGES[n], "outlet": OUTLETS[n], "split": split[n], "sentences": sentences}
        for n in LANGUAGES
    ]

    def pair(a, b, label, passages=(), split="dev"):
        listed = [{"a": first, "b": second} for first, second in passages]
        return {"a": a, "b": b, "class": label, "split": split, "passages": listed}

    return {
        "documents": documents,
        "pairs": [
            quoted("a", "b", "rewrite"),
            quoted("a", "c", "rewrite", spans=(FIRST, SECOND)),
            quoted("b", "c", "rewrite"),
            quoted("a", "d", "same-event"),
            quoted("e", "f", "unrelated", spans=(SECOND, SECOND)),
            quoted("g", "h", "rewrite", "test"),
        ],
        "article_pairs": [
            pair("a", "b", "rewrite", [([1, 2], [1, 2])]),
            pair("c", "a", "passage", [([2, 2], [1, 1])]),
            pair("b", "c", "rewrite", [([1, 1], [1, 1])]),
            pair("a", "d", "same-event"),
            pair("e", "f", "unrelated"),
            pair("g", "h", "verbatim", [([1, 2], [1, 2])], "test"),
        ],
        "families": [
            {"id": "one", "members": ["a", "b", "c"], "origin": "a", "origin_outlet": "Agence A", "basis": "credit",
             "split": "dev"},
            {"id": "two", "members": ["g", "h"], "origin": None, "origin_outlet": "Agence A", "basis": "credit",
             "split": "test"},
        ],
        "events": [
            {"id": "ev1", "dispatch": "a", "rewrites": ["b", "c"], "independent": ["d"], "independent_origins": 2,
             "split": "dev"},
            {"id": "ev2", "dispatch": "g", "rewrites": ["h"], "independent": [], "independent_origins": 1,
             "split": "test"},
        ],
        "boilerplate": [
            {"places": [{"document": "f", "begin": 11, "end": 21}, {"document": "e", "begin": 0, "end": 10}]},
            {"places": [{"document": "h", "begin": 0, "end": 10}, {"document": "b", "begin": 11, "end": 21}]},
        ],
    }  # fmt: skip


def write_gold(path, content):
    """Write a gold file and return its path."""
    path.write_text(json.dumps(content), encoding="utf-8")
    return path
