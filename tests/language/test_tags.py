import pytest

from align.errors import UnsupportedLanguageError
from align.language.tags import LANGUAGES, language, normalize_tag


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("fr", "fr"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("fr-CA", "fr"),
        ("TR_tr", "tr"),
        ("Turkish", "tr"),
        ("zh-Hans", "zh"),
    ],
)
def test_spellings_of_a_code(code, tag):
    assert language(code).tag == tag


def test_every_code_names_one_language():
    spellings = [spelling for entry in LANGUAGES.values() for spelling in (entry.tag, entry.iso639_3, *entry.aliases)]
    assert len(spellings) == len(set(spellings))


def test_an_unknown_code_is_refused_with_what_is_known():
    with pytest.raises(UnsupportedLanguageError, match=r"'tlh'; known: .*\bfr\b"):
        language("tlh")


@pytest.mark.parametrize("code", [None, "", " ", "tlh"])
def test_a_code_from_the_wild_may_be_nothing(code):
    assert normalize_tag(code) is None
