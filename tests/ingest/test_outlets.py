import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.errors import ConfigError
from align.ingest.outlets import OutletTable, fold, slug
from tests.cases import cases

TABLE = OutletTable.load()


@cases("ingest/outlet_names.json")
def test_case(case):
    assert [[span.of(case["input"]), key] for span, key in TABLE.find_names(case["input"])] == case["expected"]


def test_ambiguous_names_count_where_they_are_asked_for():
    text = "Libération, RT, AA et AP; la libération de rt"
    assert [key for _, key in TABLE.find_names(text, ambiguous=True)] == ["liberation", "rt", "aa", "ap"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Le Monde.fr", "lemonde"),
        ("TRT HABER", "trt"),
        ("anadolu ajansı", "aa"),
        ("ANADOLU AJANSI", "aa"),
        ("manar", "almanar"),
        ("sana", "sana"),
        ("الجزيرة", "aljazeera"),
        ("Le Monde diplomatique", None),
        ("", None),
    ],
)
def test_a_whole_name(name, key):
    assert TABLE.by_name(name) == key


def test_an_alias_is_never_looked_for_in_text():
    assert TABLE.find_names("Manar a dit; arabiya, manar", ambiguous=True) == []


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://fr.sputniknews.com/international/2020", "sputnik"),
        ("https://www.aa.com.tr/tr/gundem", "aa"),
        ("www.bbc.co.uk", "bbc"),
        ("HTTPS://TASS.COM/world", "tass"),
        ("https://notreuters.com/x", None),
        ("https://reuters.com.example/x", None),
        ("https://[broken", None),
        ("", None),
    ],
)
def test_a_domain(url, key):
    assert TABLE.by_domain(url) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Sputnik France", "sputnik"),
        ("francais.rt.com", "rt"),
        ("The Harbour Ledger", "harbourledger"),
        ("harbourledger.example", "harbourledger"),
        ("www.harbour-ledger.co.uk", "harbourledger"),
        ("Dereboyu Gazetesi", "dereboyugazetesi"),
        ("Ağrı Işık", "agriisik"),
        ("جريدة المرفأ", "جريدهالمرفا"),
        ("  ", None),
        ("***", "unnamed"),
    ],
)
def test_an_outlet_of_metadata_always_has_a_key(name, key):
    assert TABLE.resolve(name) == key


def test_the_table_covers_what_it_promises():
    assert len(TABLE.outlets) >= 60
    for key in [
        "sputnik",
        "rt",
        "sana",
        "tass",
        "ria",
        "interfax",
        "aa",
        "trt",
        "dailysabah",
        "hurriyet",
        "afp",
        "reuters",
        "ap",
        "bloomberg",
        "bbc",
        "cnn",
        "cnn-turk",
        "lemonde",
        "lefigaro",
        "france24",
        "aljazeera",
        "alarabiya",
        "almanar",
        "alalam",
        "alaraby",
        "etilaf",
        "nna",
        "jordantimes",
        "ahram",
        "xinhua",
        "asharqalawsat",
        "dpa",
        "efe",
        "ansa",
        "dw",
        "kyodo",
    ]:
        assert key in TABLE
    assert TABLE["afp"].kind == "agency"
    assert TABLE["lemonde"].kind == "outlet"


def table(tmp_path, text):
    path = tmp_path / "outlets.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_adds_and_extends(tmp_path):
    extra = '[valmer]\nnames = ["Le Phare de Valmer"]\ndomains = ["phare.example"]\n[rt]\nnames = ["RT Valmer"]\n'
    loaded = OutletTable.load(table(tmp_path, extra))
    assert loaded.by_domain("https://www.phare.example/1") == "valmer"
    assert [key for _, key in loaded.find_names("Le Phare de Valmer, RT Valmer, RT France")] == ["valmer", "rt", "rt"]
    assert loaded["rt"].kind == "outlet"
    assert OutletTable.load(table(tmp_path, '[rt]\nkind = "agency"'))["rt"].kind == "agency"
    assert "valmer" not in OutletTable.load()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[valmer", "not a TOML file"),
        ('[Valmer]\nnames = ["Phare"]', "not an outlet key: 'Valmer'"),
        ("valmer = 3", r"\[valmer\]: expected a table, got 3"),
        ('[valmer]\nname = ["Phare"]', "unknown key 'name'; allowed: kind, names, ambiguous, aliases, domains"),
        ('[valmer]\nnames = "Phare"', "names: expected a list"),
        ('[valmer]\nnames = ["..."]', "names: expected a list"),
        ('[valmer]\nkind = "blog"', "kind: unknown 'blog'; allowed: agency, outlet"),
        ('[valmer]\nnames = ["reuters"]', r"\[valmer\]: 'reuters' already names \[reuters\]"),
    ],
)
def test_a_bad_file_says_what_and_where(tmp_path, text, says):
    path = table(tmp_path, text)
    with pytest.raises(ConfigError, match=says) as error:
        OutletTable.load(path)
    assert str(path) in str(error.value)


def test_a_missing_file(tmp_path):
    with pytest.raises(ConfigError, match="cannot read"):
        OutletTable.load(tmp_path / "none.toml")


@given(st.text())
def test_folding_keeps_every_offset(text):
    assert len(fold(text)) == len(text)
    for span, key in TABLE.find_names(text, ambiguous=True):
        assert key in TABLE
        assert span.of(text)


@given(st.text())
def test_a_slug_is_lower_case_and_never_empty(text):
    assert slug(text)
    assert fold(slug(text)) == slug(text)


@given(st.sampled_from(sorted(TABLE.outlets)))
def test_every_name_of_the_table_is_found_and_resolves(key):
    outlet = TABLE[key]
    for name in (*outlet.names, *outlet.ambiguous):
        assert TABLE.by_name(name) == key
        assert [found for _, found in TABLE.find_names(f"({name}) ", ambiguous=True)] == [key], name
