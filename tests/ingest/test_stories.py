import pytest

from align.ingest.outlets import OutletTable
from align.ingest.segments import structure
from align.records import Document, Mark, Span

OUTLETS = OutletTable.load()
LEAD = "Les pompiers ont éteint mardi à l’aube l’incendie qui ravageait deux entrepôts, a dit la mairie."
MORE = "Personne n’a été blessé. Une enquête est ouverte et la route côtière reste fermée."
HEADLINE = "Un incendie ravage deux entrepôts du port de Valmer avant l’aube"
OTHER = "Le préfet rouvre la route côtière après trois jours de travaux de nuit"


def stories(*blocks, **fields):
    return structure(Document("d", "\n\n".join(blocks), **fields), OUTLETS)[0]


def titles(*blocks, **fields):
    return [story.title for story in stories(*blocks, **fields)]


def test_a_page_of_two_headlines_is_two_stories():
    assert titles(HEADLINE, LEAD, OTHER, MORE) == [HEADLINE, OTHER]


def test_text_before_the_first_headline_is_a_story_without_title():
    assert titles(LEAD, OTHER, MORE) == [None, OTHER]


def test_a_heading_under_a_heading_is_its_subheading():
    assert titles(HEADLINE, "Une nuit de feu!", LEAD, OTHER, "La mer est calme", MORE) == [HEADLINE, OTHER]


@pytest.mark.parametrize(
    "cross",
    [
        "La nuit du feu",
        "Qui a mis le feu aux deux entrepôts du port de Valmer lundi soir?",
        "« Par précaution »",
        "LE MAIRE PROMET UNE ENQUÊTE SOUS HUIT JOURS SEULEMENT",
    ],
)
def test_a_cross_heading_starts_no_story(cross):
    assert titles(HEADLINE, LEAD, cross, MORE) == [HEADLINE]


def test_a_short_heading_after_a_credit_starts_a_story():
    assert titles(HEADLINE, LEAD, "Source: AFP", "La mer est calme", MORE) == [HEADLINE, "La mer est calme"]
    assert titles(HEADLINE, LEAD, "Lina", "La mer reste très calme", MORE) == [HEADLINE, "La mer reste très calme"]


def test_a_short_heading_before_a_dateline_starts_a_story():
    assert titles(HEADLINE, LEAD, "La mer est calme", "VALMER (AFP) – " + MORE) == [HEADLINE, "La mer est calme"]


def test_a_dateline_after_a_credit_starts_a_story_without_title():
    assert titles(HEADLINE, LEAD, "Source: AFP", "VALMER (AA) - " + MORE) == [HEADLINE, None]
    assert titles(HEADLINE, LEAD, "VALMER (AA) - " + MORE) == [HEADLINE]


def test_an_article_is_not_torn():
    assert titles(LEAD, OTHER, MORE, title="Feu au port") == ["Feu au port"]
    assert titles(HEADLINE, LEAD, OTHER, MORE, outlet="Le Phare") == [HEADLINE]
    assert titles(LEAD, HEADLINE, MORE, "Source: AFP", HEADLINE, LEAD, title=HEADLINE) == [HEADLINE]


def test_an_article_is_torn_on_strong_evidence():
    assert titles(LEAD, "Source: AFP", OTHER, MORE, title="Revue de presse") == [None, OTHER]
    assert titles(LEAD, "Source: AFP", "À voir", MORE, title="Revue de presse") == ["Revue de presse"]


def test_an_article_that_proves_to_be_a_compilation_is_read_as_a_page():
    photo = "Le port de Valmer © Agence Littoral"
    blocks = (LEAD, HEADLINE, photo, MORE, OTHER, "Valmer – " + LEAD)
    assert titles(*blocks, title="Revue de presse") == [None, HEADLINE, OTHER]
    assert titles(*blocks[:4], title="Revue de presse") == ["Revue de presse"]


def test_headings_of_the_markup_do_not_tear_an_article():
    text = f"{HEADLINE}\n\n{LEAD}\n\n{OTHER}\n\n{MORE}"
    marks = tuple(Mark(Span(text.index(part), text.index(part) + len(part)), "heading") for part in (HEADLINE, OTHER))
    assert len(structure(Document("d", text, title=HEADLINE, marks=marks), OUTLETS)[0]) == 1


def test_links_to_other_pages_start_no_story():
    assert titles(HEADLINE, LEAD, "À lire aussi", OTHER) == [HEADLINE]
    assert titles(HEADLINE, LEAD, "À lire aussi :", OTHER, MORE) == [HEADLINE]


def evidence(story):
    return [(item.kind, item.text, item.outlet) for item in story.outlet_evidence]


def test_a_story_without_credit_has_no_outlet():
    (story,) = stories(HEADLINE, LEAD, "Le port, où l’AFP a un bureau, serait vendu.")
    assert story.outlet is None
    assert story.outlet_evidence == ()


def test_a_citation_is_evidence_and_never_names_the_outlet():
    (story,) = stories(HEADLINE, LEAD, "Bloomberg a rapporté mardi que le port serait vendu, selon Reuters.")
    assert story.outlet is None
    assert evidence(story) == [
        ("citation", "Bloomberg a rapporté", "bloomberg"),
        ("citation", "selon Reuters", "reuters"),
    ]


def test_what_speaks_of_an_outlets_own_staff_is_not_a_citation_as_well():
    (story,) = stories(HEADLINE, LEAD, "He told a SANA correspondent that the road was cut.")
    assert [kind for kind, _, _ in evidence(story)] == ["self-reference"]


def test_captions_and_headings_cite_nobody():
    (story,) = stories("Selon Reuters, le port de Valmer sera vendu à deux armateurs", LEAD)
    assert story.outlet_evidence == ()


def test_a_photo_credit_alone_never_names_the_outlet():
    (story,) = stories(HEADLINE, "PHOTO DE FICHIER Le port © Sputnik / Ilia Verestov", LEAD)
    assert story.outlet is None
    assert evidence(story) == [("photo-credit", "© Sputnik / Ilia Verestov", "sputnik")]


@pytest.mark.parametrize(
    ("blocks", "key"),
    [
        ((HEADLINE, LEAD + " Source: Sputnik News – France"), "sputnik"),
        ((HEADLINE, "Par Lina Ardent, AFP", LEAD), "afp"),
        ((HEADLINE, "VALMER (AA) - " + LEAD), "aa"),
        ((HEADLINE, LEAD, "Un journaliste de SANA a déclaré que le feu était éteint."), "sana"),
        ((HEADLINE, "VALMER (AA) - " + LEAD, "Kaynak: DHA"), "dha"),
        ((HEADLINE, LEAD, "Le Monde avec AFP"), "lemonde"),
        ((HEADLINE, LEAD + " (avec AFP)"), None),
        ((HEADLINE, LEAD, "Source : ministère de la Mer"), None),
        ((HEADLINE, LEAD, "Source : https://www.rt.com/news/1"), "rt"),
        ((HEADLINE, "Par Petra Novak", LEAD), None),
        ((HEADLINE, LEAD, "Sana"), None),
        ((HEADLINE, "Valmer – " + LEAD), None),
    ],
)
def test_the_ladder_of_evidence(blocks, key):
    (story,) = stories(*blocks)
    assert story.outlet == key


def test_the_publisher_of_an_article_is_its_outlet_and_the_wire_stays_evidence():
    (story,) = stories(
        "VALMER (AFP) – " + LEAD,
        MORE + " (avec Reuters)",
        outlet="Le Monde",
        url="https://www.lemonde.fr/1",
        title="Feu",
    )
    assert story.outlet == "lemonde"
    assert evidence(story) == [
        ("dateline", "VALMER (AFP) –", "afp"),
        ("credit", "(avec Reuters)", "reuters"),
        ("metadata", "Le Monde", "lemonde"),
        ("url", "https://www.lemonde.fr/1", "lemonde"),
    ]


def test_the_publisher_of_a_compiled_page_names_none_of_its_stories():
    first, second = stories(LEAD, "Source: AFP", OTHER, MORE, outlet="Le Phare de Valmer")
    assert (first.outlet, second.outlet) == ("afp", None)
    assert evidence(second) == [("metadata", "Le Phare de Valmer", "lepharedevalmer")]


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"outlet": "Le Phare", "url": "https://phare.example/1"}, "lephare"),
        ({"outlet": "Gündem", "url": "https://www.aa.com.tr/tr/1"}, "aa"),
        ({"url": "https://www.phare.example/1"}, "phare"),
        ({"url": "https://fr.sputniknews.com/1"}, "sputnik"),
        ({"outlet": " ", "url": "local/file"}, "local"),
    ],
)
def test_a_publisher_of_metadata_or_url(fields, key):
    (story,) = stories(LEAD, **fields)
    assert story.outlet == key


def test_a_story_takes_the_date_of_the_page_at_its_precision():
    page = stories(" date 2020-02 Image d’archives", LEAD, OTHER, MORE)
    assert [(story.published, story.published_precision) for story in page] == [("2020-02", "month")] * 2
    dated = stories(LEAD, published="2020", published_precision="year")
    assert (dated[0].published, dated[0].published_precision) == ("2020", "year")


def test_a_dateline_dates_its_story_only_with_its_year_and_within_the_page_s_date():
    def date(opening, **fields):
        (story,) = stories(opening + LEAD, **fields)
        return story.published, story.published_precision

    month = {"published": "2022-04", "published_precision": "month"}
    assert date("Valmer, 12 avr. 2022 (AFP) – ") == ("2022-04-12", "day")
    assert date("Valmer, 12 avr. 2022 (AFP) – ", **month) == ("2022-04-12", "day")
    assert date("Valmer, 12 mai 2021 (AFP) – ", **month) == ("2022-04", "month")
    assert date("VALMER, Oct 7 (Reuters) - ") == (None, None)
    assert date("Valmer, 12 avr. 2022 (AFP) – ", published="2022-04-13", published_precision="day") == (
        "2022-04-13",
        "day",
    )
