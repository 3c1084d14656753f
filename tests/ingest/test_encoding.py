import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from align.ingest.encoding import Decoded, Undecodable, clean_text, decode, read_file

FRENCH = "« L’accord n’a jamais été appliqué », a déploré le préfet après la crue du fleuve.\n"
TURKISH = "Şehir merkezindeki köprü, yağışın ardından güvenlik gerekçesiyle trafiğe kapatıldı.\n"
RUSSIAN = "Мост закрыли для движения после ночного ливня, сообщила городская администрация.\n"
ARABIC = "أغلقت السلطات الجسر أمام حركة المرور بعد هطول أمطار غزيرة طوال الليل.\n"
GREEK = "Η γέφυρα έκλεισε για τα οχήματα ύστερα από τη νυχτερινή βροχή στην περιοχή.\n"
JAPANESE = "夜通しの大雨のあと、町の古い橋は車の通行が止められた。住民は遠回りを強いられている。\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (TURKISH, "cp1254"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "iso8859_5"),
        (ARABIC, "cp1256"),
        (ARABIC, "iso8859_6"),
        (GREEK, "cp1253"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_other_encodings_are_told(text, encoding):
    assert decode(text.encode(encoding)) == Decoded(text, encoding)


def test_latin_9_is_told_by_its_euro_and_ligatures():
    text = "Le bœuf a été vendu 640 000 € à l'étal du marché.\n"
    assert decode(text.encode("iso8859_15")) == Decoded(text, "iso8859_15")


@pytest.mark.xfail(
    strict=True, reason="ISO-8859-2 texts are read as cp1252: Central European is left out, see _CANDIDATES"
)
def test_central_european():
    text = "Most został zamknięty dla ruchu po nocnej ulewie, podały władze miasta.\n"
    assert decode(text.encode("iso8859_2")).text == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [FRENCH, TURKISH, RUSSIAN, ARABIC])
def test_unicode_with_and_without_mark(encoding, text):
    decoded = decode(text.encode(encoding))
    assert isinstance(decoded, Decoded)
    assert decoded.text == text


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"text\0with a NUL", "binary-file"),
        (bytes(range(256)) * 4, "binary-file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary-file"),
        (bytes(range(1, 32)) * 10, "binary-file"),
        (b"\x01\0\x02\0\x03\0", "binary-file"),
        (codecs.BOM_UTF16_LE + b"a", "unknown-encoding"),
        (codecs.BOM_UTF16_LE + b"a\0\0\0b\0", "unknown-encoding"),
        (codecs.BOM_UTF8 + b"\xff", "unknown-encoding"),
        (b"\x81\x8d\x02\x8f\x90\x9d\x0e\xc1\x80\xf5\xfe" * 20, "unknown-encoding"),
    ],
)
def test_what_is_no_text(data, rule):
    refused = decode(data)
    assert isinstance(refused, Undecodable)
    assert refused.rule == rule


def test_declared_charset_decides_where_the_bytes_do_not():
    assert decode("Çağ".encode("cp1254"), declared="windows-1254") == Decoded("Çağ", "cp1254")
    assert decode("« l’été »".encode("cp1252"), declared="iso-8859-1") == Decoded("« l’été »", "cp1252")


@pytest.mark.parametrize("declared", ["no-such-charset", "", "utf-8\0", "utf-8"])
def test_a_wrong_declaration_is_passed_over(declared):
    assert decode(FRENCH.encode("cp1252"), declared=declared) == Decoded(FRENCH, "cp1252")


def test_newlines_and_marks():
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n").text == "a\nb\nc\n"
    assert clean_text("\ufeffa\0b\ud800\r") == "a\ufffdb\ufffd\n"


@given(st.binary(max_size=400))
def test_any_bytes_give_clean_text_or_a_reason(data):
    result = decode(data)
    if isinstance(result, Decoded):
        assert not set("\0\r") & set(result.text)
        result.text.encode("utf-8")


@given(st.text(alphabet=st.characters(blacklist_categories=("Cs", "Cc"))))
def test_utf_8_is_read_back(text):
    assert decode(text.encode("utf-8")) == Decoded(clean_text(text), "utf-8")


@pytest.mark.parametrize(
    ("data", "rule"), [(b"", "empty-file"), (b" \n", "empty-file"), (b"x" * 11, "too-long"), (b"x" * 99, "too-long")]
)
def test_files_without_a_text(tmp_path, data, rule):
    path = tmp_path / "page.txt"
    path.write_bytes(data)
    assert read_file(path, "page.txt", max_characters=10).rule == rule


def test_the_longest_text_that_is_taken(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text("😀" * 10, encoding="utf-32")
    assert read_file(path, "page.txt", max_characters=10).text == "😀" * 10


def test_a_file_that_is_gone(tmp_path):
    assert read_file(tmp_path / "gone.txt", "gone.txt", max_characters=10).rule == "unreadable"
