from itertools import accumulate

from align.config import IdentifyConfig
from align.language.identify import identify, identify_segments, probabilities
from align.records import Segment, Span
from tests.cases import cases


@cases("language/identify.json")
def test_identify(case):
    assert identify(case["input"])[0] == case["expected"]


def test_probabilities_sum_to_one():
    found = probabilities("Le pont est fermé", ("fr", "tr", "en"))
    assert abs(sum(found.values()) - 1) < 1e-9
    assert min(found.values()) > 0


def page(*blocks):
    """Segments of one story: each block a tuple of sentences."""
    texts = [(number, text) for number, block in enumerate(blocks) for text in block]
    starts = [0, *accumulate(len(text) + 1 for _, text in texts)]
    return [
        Segment(f"d:{index}", "d", "d:s0", index, Span(begin, begin + len(text)), text, "body", paragraph=number)
        for index, ((number, text), begin) in enumerate(zip(texts, starts, strict=False))
    ]


FRENCH = ("Le pont a été rouvert ce matin à la circulation.", "Les camions attendaient depuis deux jours à l’entrée.")
TURKISH = (
    "Su İşleri ✔ @suisleri Replying to @suisleri",
    "Baraj kapakları bu sabah tedbir amacıyla kapatılmıştır.",
    "Vatandaşlarımızın dere yataklarından uzak durması rica olunur.",
)


def languages(*blocks, **options):
    return [segment.language for segment in identify_segments(page(*blocks), IdentifyConfig(), **options)]


def test_a_name_alone_takes_the_language_of_its_surroundings():
    assert languages(FRENCH, ("Salma",), FRENCH) == ["fr"] * 5
    assert languages(TURKISH, ("Salma",)) == ["tr"] * 4


def test_figures_take_the_language_of_their_surroundings():
    assert languages(FRENCH, ("1 250",)) == ["fr"] * 3


def test_a_post_inside_a_page_keeps_its_own_language():
    assert languages(FRENCH, TURKISH, FRENCH) == ["fr", "fr", "tr", "tr", "tr", "fr", "fr"]


def test_a_short_but_plain_segment_is_not_drowned():
    assert languages(FRENCH, ("Başınız sağ olsun.",), FRENCH)[2] == "tr"


def test_the_claimed_language_helps_only_where_nothing_else_does():
    assert languages(("Salma",), hint="ar") == ["ar"]
    assert languages(FRENCH, hint="ar") == ["fr", "fr"]


def test_interface_words_are_a_span_in_their_own_language():
    segments = identify_segments(page(FRENCH, TURKISH), IdentifyConfig())
    (span,) = segments[2].language_spans
    text = " ".join(segment.text for segment in segments)
    assert (span.span.of(text), span.language) == ("Replying to", "en")


def test_a_quotation_in_another_language_is_a_span():
    quoted = "Vatandaşlarımızın dere yataklarından uzak durması rica olunur"
    text = (
        f"Le ministère de l’Eau a publié mardi soir un bref message sur son compte : « {quoted} », "
        "sans donner la moindre autre explication aux journalistes qui attendaient devant le bâtiment."
    )
    (segment,) = identify_segments(page((text,)), IdentifyConfig())
    assert segment.language == "fr"
    (span,) = segment.language_spans
    assert (span.span.of(text).strip(), span.language) == (quoted, "tr")


def test_the_same_answer_twice():
    once = identify_segments(page(FRENCH, TURKISH), IdentifyConfig())
    assert once == identify_segments(page(FRENCH, TURKISH), IdentifyConfig())
