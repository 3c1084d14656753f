from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from align.config import IngestConfig
from align.ingest.html import read_html, read_markup
from align.ingest.html_metadata import declared_charset
from align.records import Document, Mark, Rejected, Span

LIMIT = 1_000_000
PLAIN = "Les équipes ont travaillé toute la nuit pour rouvrir le pont avant le marché du samedi matin. "


def paragraph(start, times=3):
    return f"<p>{start} {PLAIN * times}</p>"


ARTICLE = f"""<!DOCTYPE html><html lang="fr-FR"><head><meta charset="utf-8">
<title>Le pont rouvre | Le Courrier du Bac</title>
<meta property="og:site_name" content="Le Courrier du Bac">
<meta property="og:title" content="Le pont rouvre">
<meta property="article:published_time" content="2022-05-03T08:15:00+02:00">
<link rel="canonical" href="https://courrierdubac.example/pont">
<style>.x {{ color: STYLE_LEAK }}</style></head><body>
<header><h1>NAME_OF_THE_SITE</h1><nav>NAV_LEAK</nav></header>
<div class="top"><h1>Le pont rouvre</h1>
<figure><img src="a.jpg"><figcaption>Le pont, vendredi. <span>© Léa Morand</span></figcaption></figure></div>
<div class="article-body">
{paragraph("Premier.")}
<h2>Un chantier de nuit</h2>
{paragraph("Deuxième.")}
<blockquote><p>« On ne pouvait plus attendre. »</p><footer>— le maire</footer></blockquote>
<script>var leak = "SCRIPT_LEAK";</script>
<blockquote class="twitter-tweet"><p>Köprü trafiğe<br>açıldı.</p>
&mdash; Belediye (@belediye) <a href="#">May 3, 2022</a></blockquote>
<figure><img><figcaption><p>Les ouvriers.</p><p>Photo d’archives</p></figcaption></figure>
<form><input value="FORM_LEAK"><button>BUTTON_LEAK</button></form>
<aside><h3>ASIDE_LEAK</h3></aside><div hidden>HIDDEN_LEAK</div><p style="display: none">STYLE_HIDDEN_LEAK</p>
<p>Source : agence régionale</p>
<h3>HEADING_OF_NOTHING</h3>
<h2>À lire aussi</h2><ul><li><a href="/1">LINK_LEAK un</a></li><li><a href="/2">LINK_LEAK deux</a></li></ul>
</div><footer><p>FOOTER_LEAK</p></footer></body></html>"""


def read_text(markup, name="page.html"):
    return next(read_markup(markup, name, max_characters=LIMIT))


def marked(document):
    return [(mark.role, mark.span.of(document.text)) for mark in document.marks]


@pytest.fixture(scope="module")
def article():
    return read_text(ARTICLE)


def test_what_trafilatura_drops_is_put_back(article):
    import trafilatura

    dropped = ("Le pont, vendredi. © Léa Morand", "Les ouvriers. Photo d’archives")
    plain = trafilatura.extract(ARTICLE)
    assert not any(text in plain for text in dropped), (
        "trafilatura keeps captions now: is the second walk still needed?"
    )
    assert all(text in article.text for text in dropped)


def test_marks_in_order(article):
    assert marked(article) == [
        ("heading", "Le pont rouvre"),
        ("caption", "Le pont, vendredi. © Léa Morand"),
        ("heading", "Un chantier de nuit"),
        ("quote", "« On ne pouvait plus attendre. »"),
        ("quote", "— le maire"),
        ("post", "Köprü trafiğe açıldı. — Belediye (@belediye) May 3, 2022"),
        ("caption", "Les ouvriers. Photo d’archives"),
    ]


def test_blocks_are_parted_by_blank_lines_and_marks_cover_whole_blocks(article):
    blocks = article.text.split("\n\n")
    assert [block[:9] for block in blocks if block.startswith(("Premier", "Deuxième", "Source"))] == [
        "Premier. ",
        "Deuxième.",
        "Source : ",
    ]
    assert all(text in blocks for _, text in marked(article))


def test_nothing_leaks(article):
    assert "LEAK" not in article.text
    assert "NAME_OF_THE_SITE" not in article.text
    assert "HEADING_OF_NOTHING" not in article.text
    assert "À lire aussi" not in article.text


def test_metadata(article):
    assert (article.title, article.url) == ("Le pont rouvre", "https://courrierdubac.example/pont")
    assert (article.outlet, article.language) == ("Le Courrier du Bac", "fr")
    assert (article.published, article.published_precision) == ("2022-05-03T06:15Z", "minute")
    assert article.metadata == {"article:published_time": "2022-05-03T08:15:00+02:00"}


def test_every_article_of_a_page_that_compiles_several():
    articles = "".join(
        f"<article><h2><a href='/{name}'>Titre {name}</a></h2>{paragraph(name)}<p>Source : {name}</p></article>"
        for name in ("Alpha", "Beta", "Gamma")
    )
    teaser = "<article><h3><a href='/t'>TEASER</a></h3><p>court</p></article>"
    document = read_text(f"<html><body><main>{articles}{teaser}</main></body></html>")
    assert [text for _, text in marked(document)] == ["Titre Alpha", "Titre Beta", "Titre Gamma"]
    assert [line for line in document.text.split("\n\n") if line.startswith("Source")] == [
        "Source : Alpha",
        "Source : Beta",
        "Source : Gamma",
    ]
    assert "TEASER" not in document.text


def test_two_line_breaks_end_a_paragraph_and_one_stays():
    text = f"{PLAIN}Un.<br><br>{PLAIN}Deux.<br>Suite.<br>\n<br/>Source: Tass"
    document = read_text(f"<html><body><form><div id=content>{text}<input></div></form></body></html>")
    assert document.text == f"{PLAIN}Un.\n\n{PLAIN}Deux.\nSuite.\n\nSource: Tass"


def test_a_layout_of_tables():
    document = read_text(
        f"<table><tr><td><a href=/>menu</a></td><td>{paragraph('A')}<h2>Titre</h2>{paragraph('B')}</td></tr></table>"
    )
    assert marked(document) == [("heading", "Titre")]


def test_a_source_line_in_an_articles_footer_stays_and_the_rest_of_footers_goes():
    document = read_text(
        f"<article>{paragraph('A')}{paragraph('B')}<footer>Source : AFP</footer></article>"
        "<footer>Source : LEAK</footer>"
    )
    assert document.text.endswith("Source : AFP")


def test_wordpress_captions():
    document = read_text(
        f"<article>{paragraph('A')}<div class='wp-caption'><img><p class='wp-caption-text'>Vue du pont</p></div>"
        f"{paragraph('B')}</article>"
    )
    assert marked(document) == [("caption", "Vue du pont")]


def test_no_break_spaces_survive():
    assert "97\u00a0%" in read_text(f"<article><p>97&nbsp;% {PLAIN * 3}</p></article>").text


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta name="date" content="2020-02">', ("2020-02", "month")),
        ('<meta itemprop="datePublished" content="2020-02-20">', ("2020-02-20", "day")),
        ('<meta name="DC.date.issued" content="nonsense"><meta name="date" content="2020">', ("2020", "year")),
        ('<link rel="canonical" href="https://x.example/2020/02/20/pont">', ("2020-02-20", "day")),
        ('<link rel="canonical" href="https://x.example/2020/02/pont">', ("2020-02", "month")),
        (
            '<script type="application/ld+json">{"@graph": [{"datePublished": "2020-02-20"}]}</script>',
            ("2020-02-20", "day"),
        ),
        ('<script type="application/ld+json">{broken</script>', (None, None)),
        ('<meta name="last-modified" content="2020-02-20">', (None, None)),
        ("", (None, None)),
    ],
)
def test_dates_keep_the_precision_that_the_page_states(head, expected):
    document = read_text(f"<html><head>{head}</head><body><article>{paragraph('A')}</article></body></html>")
    assert (document.published, document.published_precision) == expected


def test_a_date_line_in_the_text_counts_where_the_head_states_none():
    document = read_text(f"<article><p>Publié le 20 février 2020</p>{paragraph('A')}{paragraph('B')}</article>")
    assert (document.published, document.published_precision) == ("2020-02-20", "day")


@pytest.mark.parametrize(
    ("markup", "rule"),
    [
        ("", "no-text"),
        ("<!-- only a comment -->", "no-text"),
        ("<html><head><title>t</title></head><body><script>x</script><nav>y</nav></body></html>", "no-text"),
        ("<html><body>" + "<div>" * 100_000 + "x", "too-deep"),
        ("<b>" * 100_000, "too-deep"),
        (f"<article>{paragraph('A', 20_000)}</article>", "too-long"),
    ],
)
def test_pages_that_are_refused(markup, rule):
    refused = read_text(markup)
    assert isinstance(refused, Rejected)
    assert (refused.record_id, refused.rule) == ("page.html", rule)


def test_markup_far_beyond_the_limit_is_not_parsed(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<i></i>" * 1000)
    (refused,) = read_html(path, "page.html", IngestConfig(max_characters=100))
    assert refused.rule == "too-long"


def test_broken_markup_is_read_as_browsers_do():
    document = read_text(f"<p>{PLAIN * 3}<b>gras<p>{PLAIN * 3} deux<div>Source : AFP</p></b><blockquote>cité")
    assert "gras" in document.text and "deux" in document.text


def test_a_short_page_is_read_whole():
    assert read_text("<html><body><p>Bref.</p></body></html>").text == "Bref."


def test_charset_of_the_page(tmp_path):
    text = paragraph("Şehir köprüsü, ığdır yolunda.")
    markup = f'<html><head><meta http-equiv=content-type content="text/html; charset=windows-1254"></head>{text}</html>'
    path = tmp_path / "page.html"
    path.write_bytes(markup.encode("cp1254"))
    (document,) = read_html(path, "page.html", IngestConfig())
    assert document.text.startswith("Şehir köprüsü, ığdır yolunda.")
    assert document.metadata == {"encoding": "cp1254"}


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b'<meta charset="utf-8">', "utf-8"),
        (b"<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=koi8-r'>", "koi8-r"),
        (b"<p>charset=none</p>", None),
        (b"", None),
    ],
)
def test_declared_charset(data, charset):
    assert declared_charset(data) == charset


def test_bundled_page():
    path = Path(__file__).parents[2] / "corpora" / "sample" / "page.html"
    (document,) = read_html(path, path.name, IngestConfig())
    assert {mark.role for mark in document.marks} == {"heading", "caption", "post"}
    assert document.text.endswith("Source : Agence Anadolu")
    assert "MUST_NOT_LEAK" not in document.text
    assert "© AA / Okan Derinsu" in document.text


def test_a_second_story_that_is_no_article_element():
    document = read_text(f"<article>{paragraph('A')}</article><div><h2>Titre</h2>{paragraph('Autre.')}</div>")
    assert "Autre." in document.text


TAGS = st.sampled_from(
    [
        *("p", "div", "h1", "h3", "article", "main", "figure", "figcaption", "blockquote", "br", "table", "tr", "td"),
        *("li", "ul", "a", "b", "script", "style", "nav", "footer", "aside", "form", "pre"),
    ]
)
PIECES = st.one_of(
    TAGS.map("<{}>".format),
    TAGS.map("</{}>".format),
    st.text(max_size=12),
    st.just(PLAIN),
    st.just("<blockquote class=twitter-tweet>"),
)


@settings(max_examples=60, deadline=None)
@example("<p>One line.</p><nav>menu</nav>\x1f<p>Another.</p>")
@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_markup_gives_marks_that_slice_inside_the_text(markup):
    record = read_text(markup)
    if isinstance(record, Rejected):
        return
    assert isinstance(record, Document) and record.text == record.text.strip() and "\0" not in record.text
    ends = 0
    for mark in record.marks:
        assert isinstance(mark, Mark) and isinstance(mark.span, Span)
        assert ends <= mark.span.begin < mark.span.end <= len(record.text)
        assert mark.span.of(record.text) == mark.span.of(record.text).strip()
        ends = mark.span.end


def test_the_same_page_gives_the_same_document(article):
    assert read_text(ARTICLE) == article
