"""An invented run, written through the run folder: five pages, four languages, and text that means harm."""

from align.records import (
    Agreement,
    Claim,
    Document,
    Evidence,
    FamilyMember,
    Origin,
    OutletEvidence,
    Pair,
    Passage,
    PassageMatch,
    Rejected,
    Segment,
    Span,
    Story,
    Translation,
    WireFamily,
)
from align.runfolder import RunFolder, write_json, write_text

NASTY = (
    "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>&lt;b&gt;{{ 7*7 }}{% raw %}]]>"
    "\u202e\x07\t--><svg/onload=alert(2)>"
)

# document: (url, language, stories); story: (outlet, published, precision, title, lines)
# line: (role, language, text, english or None where the line is English)
PAGES = {
    "page-1": (
        "https://quai.example/port?a=1&b=2",
        "fr",
        [
            (
                "quai",
                "2021-03-04",
                "day",
                "Le port de Valmer fermé",
                [
                    ("heading", "fr", "Le port de Valmer fermé", "The port of Valmer closed"),
                    ("dateline", "fr", "Valmer, 4 mars", "Valmer, 4 March"),
                    (
                        "body",
                        "fr",
                        "Les autorités ont fermé le port jeudi après la perte de douze conteneurs.",
                        "The authorities closed the port on Thursday after the loss of twelve containers.",
                    ),
                    (
                        "body",
                        "fr",
                        "« Nous avons compté 12 conteneurs à la mer », a dit le capitaine Orsel.",
                        "“We counted 12 containers in the sea”, said Captain Orsel.",
                    ),
                ],
            ),
            (
                "vigie",
                "2021-03",
                "month",
                "Douze conteneurs à la mer",
                [
                    ("heading", "fr", "Douze conteneurs à la mer", "Twelve containers overboard"),
                    (
                        "body",
                        "fr",
                        "Le port est resté fermé jeudi : douze conteneurs étaient tombés à l’eau.",
                        "The port stayed closed on Thursday: twelve containers had fallen into the water.",
                    ),
                ],
            ),
        ],
    ),
    "page-2": (
        "https://liman.example/haber/17",
        "tr",
        [
            (
                "liman",
                "2021-03-05T06:30",
                "minute",
                "Valmer limanı kapatıldı",
                [
                    ("heading", "tr", "Valmer limanı kapatıldı", "Valmer port was closed"),
                    (
                        "body",
                        "tr",
                        "Yetkililer, 14 konteynerin denize düşmesinin ardından limanı perşembe günü kapattı.",
                        "The authorities closed the port on Thursday after 14 containers fell into the sea.",
                    ),
                    ("post", "tr", "@valmerliman Liman yarın açılacak.", "@valmerliman The port will open tomorrow."),
                ],
            )
        ],
    ),
    "page-3": (
        None,
        "en",
        [
            (
                "harbour-times",
                "2021",
                "year",
                "Containers lost off Valmer",
                [
                    ("heading", "en", "Containers lost off Valmer", None),
                    (
                        "body",
                        "en",
                        "The authorities closed the port on Thursday after twelve boxes were lost.",
                        None,
                    ),
                ],
            )
        ],
    ),
    "page-4": (
        "https://mina.example/خبر",
        "ar",
        [
            (
                "mina",
                "2021-03-06",
                "day",
                "إغلاق ميناء فالمير",
                [
                    ("heading", "ar", "إغلاق ميناء فالمير", "Closure of the port of Valmer"),
                    (
                        "body",
                        "ar",
                        "أغلقت السلطات الميناء يوم الخميس بعد فقدان 12 حاوية.",
                        "The authorities closed the port on Thursday after the loss of 12 containers.",
                    ),
                ],
            )
        ],
    ),
    "page-5": (
        "javascript:alert(document.domain)",
        "fr",
        [(NASTY, NASTY, None, NASTY, [("body", "fr", NASTY, NASTY), ("body", NASTY, "Un mot.\nDeux\tmots.", NASTY)])],
    ),
}
# source story, its line, target story, its line, score, class
MATCHES = [
    ("page-1#1", 2, "page-2#1", 1, 0.912345, "rewrite"),
    ("page-1#1", 2, "page-1#2", 1, 0.87, "rewrite"),
    ("page-1#1", 2, "page-3#1", 1, 0.95, "verbatim"),
    ("page-1#1", 2, "page-4#1", 1, 0.78, "passage"),
    ("page-1#1", 3, "page-2#1", 2, 0.41, "same-event"),
    ("page-1#2", 0, "page-4#1", 0, 0.12, "unrelated"),
    ("page-5#1", 0, "page-2#1", 1, 0.51, "passage"),
]
MANIFEST = {
    "command": "align run pages --out run",
    "status": "complete",
    "signature": "0123456789ab",
    "versions": {"align": "0.1.0", "python": "3.11.4"},
    "config": {"reuse": {"threshold": 0.5, "min_cosine": 0.45}},
    "models": [
        {
            "stage": "translate",
            "language": "fr",
            "name": "compact-fr-en",
            "revision": "r1",
            "weights_sha256": "ab" * 32,
            "licence": "Apache-2.0",
            "draft": True,
            "notice": "a draft: read it as a gist",
        },
        {"stage": "encode", "name": "use-m3"},
    ],
    "inputs": [{"path": "pages/page-1.txt", "sha256": "cd" * 32}],
    "counts": {"documents": 5, "stories": 6, "segments": 15},
    "seconds": {"translate": 1.5},
    "thresholds": {"match": 0.5},
}


class Run:
    """The records of a run, to be changed by a test before they are written."""

    def __init__(self, pages=PAGES, matches=MATCHES):
        self.documents, self.stories, self.segments, self.translations, self.pairs = [], [], [], [], []
        for document_id, (url, language, stories) in pages.items():
            self._document(document_id, url, language, stories)
        self.matches = [self._match(f"m{i}", *given) for i, given in enumerate(matches, start=1)]
        self.families = [self._family()] if matches else []
        self.quarantine = [Rejected("page-6", "read", "empty", "no text"), Rejected(NASTY, "translate", NASTY, NASTY)]
        self.substitutions = "outlet_a,outlet_b,words_a,words_b,count,matches\r\nquai,liman,loss,fell,1,m1\r\n"
        self.facts = "outlet,other,kind,fact,count,matches\r\nquai,liman,number,12 containers,2,m1 m3\r\n"
        self.facts += "liman,quai,name,Valmer,1,m1\r\n"
        self.manifest = dict(MANIFEST)

    def _document(self, document_id, url, language, stories):
        text = ""
        for number, (outlet, published, precision, title, lines) in enumerate(stories, start=1):
            story_id, begin = f"{document_id}#{number}", len(text)
            for role, tag, line, english in lines:
                self._segment(document_id, story_id, Span(len(text), len(text) + len(line)), role, tag, line, english)
                text += line + "\n"
            evidence = OutletEvidence("credit", text[begin : begin + 8], outlet, Span(begin, begin + 8))
            elsewhere = OutletEvidence("url", url or "", outlet)
            whole = Span(begin, len(text))
            self.stories.append(
                Story(story_id, document_id, whole, title, outlet, (evidence, elsewhere), published, precision)
            )
        first = stories[0]
        self.documents.append(Document(document_id, text, url, first[0], first[3], first[1], first[2], language))

    def _segment(self, document_id, story_id, span, role, tag, line, english):
        index = sum(segment.document_id == document_id for segment in self.segments)
        segment = Segment(f"{document_id}:{index}", document_id, story_id, index, span, line, role, tag, 0.98)
        self.segments.append(segment)
        if english is None:
            self.translations.append(Translation(segment.id, tag, "en", line, "copied"))
            return
        flags = ("number-mismatch", "low-score") if role == "post" else ()
        self.translations.append(
            Translation(segment.id, tag, "en", english, "translated", "compact", "r1", -0.25, flags)
        )
        if tag.isalpha() and len(tag) == 2:
            ids = (segment.id,)
            made = Pair(f"p{len(self.pairs)}", tag, "en", line, english, ids, ids, "1-1", -0.25, "machine-translation")
            self.pairs.append(made)

    def _passage(self, story_id, line):
        story = next(story for story in self.stories if story.id == story_id)
        segment = [segment for segment in self.segments if segment.story_id == story_id][line]
        english = next(item.text for item in self.translations if item.segment_id == segment.id)
        return Passage(segment.document_id, story_id, story.outlet, segment.span, segment.text, english, (segment.id,))

    def _match(self, match_id, source, source_line, target, target_line, score, match_class):
        numbers = Agreement(("12",), ("12 ≠ 14",) if target == "page-2#1" else (), ())
        evidence = Evidence(0.83, 0.4, numbers, Agreement(("Valmer",), (), ("Orsel", NASTY)), 0.5, 0.0, 1.0)
        places = self._passage(source, source_line), self._passage(target, target_line)
        return PassageMatch(match_id, *places, score, score >= 0.5, match_class, evidence)

    def _family(self):
        flagged = [match for match in self.matches if match.flagged and not match.source.story_id.startswith("page-5")]
        ids = sorted({story for match in flagged for story in (match.source.story_id, match.target.story_id)})
        members = [story for story in self.stories if story.id in ids]
        origin = Origin("page-1#1", "quai", "credit", "the story of vigie credits quai")
        return WireFamily(
            "f1",
            tuple(FamilyMember(story.id, story.outlet, story.published) for story in members),
            tuple(match.id for match in flagged),
            1,
            origin,
            (Claim("12", "containers", tuple(ids), 2), Claim("51", "", tuple(ids[:2]), 1)),
        )

    def write(self, path):
        """Write every file of the contract, the report excepted, and return the folder."""
        path.mkdir(parents=True, exist_ok=True)
        folder = RunFolder(path)
        for name in ("documents", "stories", "segments", "translations", "pairs", "matches", "families", "quarantine"):
            folder.write(name, getattr(self, name))
        write_text(folder["substitutions"], self.substitutions)
        write_text(folder["facts"], self.facts)
        write_json(folder["manifest"], self.manifest)
        return folder
