"""What a block's own text shows: whether it reads like a headline, a caption, a post, a byline, page furniture.

Each rule's docstring says what it must not be fooled by; `tests/cases/ingest/roles.json` holds the cases.
"""

from __future__ import annotations

import re

from align.ingest.dates import parse_date

__all__ = [
    "is_boilerplate",
    "is_byline",
    "is_caption",
    "is_date_line",
    "is_headline",
    "is_link_lead",
    "is_post",
    "is_quote",
    "is_signature",
]

_MAX_HEADING, _MAX_HEADING_WORDS = 170, 28
_BREAK_INSIDE = re.compile(r"[^\W\d_]{4}[.!?؟]\s+[\"“«(]?[^\W\d_a-zß-ÿа-я]")
_NO_HEADING_END = re.compile(r"[.,;:،؛。…][\"'”’»)\]]*$")
_LIST_ITEM = re.compile(r"^(?:[-–—•*·▪►>]|\(?\d{1,2}[.)])\s*\S")
_LINK = re.compile(r"https?://|www\.")

_HANDLE = r"@\w{2,}"
_POST = re.compile(
    rf"\A(?:RT\s+{_HANDLE}:?\s|{_HANDLE}(?:\s+{_HANDLE})*\s|.{{0,100}}[✔✓☑️✅]\s*{_HANDLE}"
    rf"|.{{0,100}}{_HANDLE}.{{0,20}}(?:Replying\s+to|En\s+réponse\s+à|Yanıt\s+olarak|adlı\s+kullanıcıya\s+yanıt|ردا?ً?\s+على|В\s+ответ)"
    rf"|[^.!?]{{2,60}}\({_HANDLE}\)\s*(?:[·|•]|$|\n|\d)"
    rf"|[^.!?\n]{{2,60}}\s*\n\s*{_HANDLE}\s*(?:[·|•].{{0,20}})?\n)"
    rf"|[—–-]\s*[^@\n]{{2,60}}\({_HANDLE}\)[\s,]*[^@]{{0,30}}\Z|pic\.twitter\.com/\w+",
    re.DOTALL | re.IGNORECASE,
)

_CAPTION_LABEL = re.compile(
    r"(?:PHOTOS?\s+(?:DE\s+FICHIER|D['’]ARCHIVES?|D['’]ILLUSTRATION)|(?:Photos?|Images?|Clichés?)\s+(?:d['’](?:archives?|illustration)|"
    r"de\s+fichier|prétexte)|File\s+(?:photo|picture|image)|FILE\s*-|Archive\s+photo|Arşiv(?:\s+fotoğrafı?)?|Fotoğraf|Arşivden|"
    r"Copyright\s+de\s+l['’]image|Image\s+(?:copyright|caption)|Légende\s+image|Media\s+caption|Архивное\s+фото|Фото\s+из\s+архива|صورة\s+(?:أرشيفية|من\s+الأرشيف)|أرشيفية|الصورة)",
    re.IGNORECASE,
)
_CREDIT_LABEL = re.compile(
    r"\(?(?:Crédits?(?:\s+photos?)?|Photos?(?:\s+credits?|\s+by)?|Image\s+credit|Picture|Fotoğraf|Foto|Фото|صورة|تصوير)\s*[:：]",
    re.IGNORECASE,
)
_CREDIT_END = re.compile(r"(?:©|\(c\)\s(?=[A-Z])|(?:Photo|Crédit|Foto|Фото)\s*:)\s*[^©.!?]{2,80}[.)]?$")
_AGENCY_END = re.compile(
    r"(?:\((?:Photo|Foto|Image|Picture)?\s*(?:by\s)?[^()]{2,40}/[^()]{2,40}\)|via\s+Getty\s+Images|Getty\s+Images\)?|REUTERS/[^.]{3,40})\.?$"
)
_PHOTO_INSIDE = re.compile(r"\b(?:PHOTO|FOTO|ФОТО)\s+(?=[A-ZА-Я])|\bPhoto\s+(?:courtesy|courtoisie|fournie)\b")
_MAX_CAPTION = 400

_RIGHTS = re.compile(
    r"(?:^©\s*(?:\d{4}|copyright)|^copyright\b(?!\s+de\s+l)|tous\s+droits\s+réservés|all\s+rights\s+reserved|(?:her|tüm)\s+hakk[ıi]\s+(?:mahfuz|sakl[ıi])|"
    r"hakları\s+saklıdır|все\s+права\s+защищены|جميع\s+الحقوق\s+محفوظة)",
    re.IGNORECASE,
)
# How furniture begins, and what is furniture only when it is all that a short line says: "Share prices fell" and
# "شارك الرئيس" (the president took part) begin alike.
_BOILERPLATE = re.compile(
    r"(?:read\s+(?:more|also|next)\b|also\s+read\b|see\s+also\b|more\s+(?:on|from)\s+this\b|click\s+here\b|leave\s+a\s+(?:comment|reply)"
    r"|you\s+may\s+(?:also\s+)?(?:be\s+interested|like)|to\s+view\s+this\s+video"
    r"|related(?:\s+(?:articles?|news|stories|topics))?\s*(?::|$)|tags?\s*:"
    r"|(?:last\s+)?updated\s*(?::|at\b|on\b)|sign\s+up\s+(?:for|to)\b"
    r"|subscribe\s+(?:to|for|now)\b|follow\s+us\b|(?:we|this\s+site)\s+uses?\s+cookies"
    r"|(?:à\s+)?lire\s+(?:plus\s*:|(?:aussi|également|la\s+suite)\b)|voir\s+(?:aussi|la\s+vidéo|également)\b"
    r"|suivez[- ]nous\b|abonnez[- ]vous\b|cliquez\s+ici\b"
    r"|inscrivez[- ]vous\b|recevez\s+(?:chaque|notre|nos|toute)|détails\s+à\s+suivre|à\s+suivre\s*[….]*$"
    r"|mentions\s+légales|mis\s+à\s+jour\s+(?:le|à)\b"
    r"|(?:ce\s+site\s+utilise|nous\s+utilisons)\s+des\s+cookies|gérer\s+les\s+cookies"
    r"|devamını\s+oku|devamı\s+için|ayrıca\s+oku|ilgili\s+haber(?:ler)?\s*(?::|$)|bizi\s+takip|abone\s+ol"
    r"|etiketler\s*:|güncelleme\s*:|son\s+güncelleme\b"
    r"|اقرأ\s+(?:أيضا|المزيد|كذلك)|إقرأ\s+(?:أيضا|المزيد)|شاهد\s+(?:أيضا|المزيد)|تابعونا|تابعنا\s+على"
    r"|اشترك\s+لتصلك|اشترك\s+في\s+(?:نشرت|قنات)"
    r"|читайте\s+также|читать\s+далее|смотрите\s+также|подписывайтесь|подпишитесь|теги\s*:|обновлено\s*(?::|в\b))",
    re.IGNORECASE,
)
_BOILERPLATE_LINE = re.compile(
    r"(?:share(?:\s+(?:this|on|via)\b.{0,30})?|print|subscribe|sign\s+up|log\s?in|follow|cookies?|comments?(?:\s*\(\d+\))?|advertisement|partage[rz](?:\s.{0,30})?"
    r"|imprimer|publicité|commentaires?(?:\s*\(\d+\))?|nous\s+(?:écrire|suivre)|connexion|paylaş|yazdır"
    r"|yorumlar?|reklam|takip\s+et|شارك|مشاركة|إعلان|اشترك|طباعة"
    r"|поделиться|реклама|комментарии)\s*:?",
    re.IGNORECASE,
)
_STAMP = re.compile(
    r"güncelleme(?:\s+tarihi)?\s*:|okunma(?:\s+sayısı)?\s*:|giriş(?:\s+tarihi)?\s*:\s*\d|\bviews?\s*:\s*\d",
    re.IGNORECASE,
)
_MAX_STAMP = 100
_SITES = re.compile(
    r"(?:(?:facebook|twitter|x|whatsapp|telegram|instagram|linkedin|youtube|e-?mail|pinterest|reddit|vk|tumblr|rss)\b[\s|,•·*]*)+",
    re.IGNORECASE,
)
_MAX_BOILERPLATE = 200

_UP = r"(?:[A-ZÀ-ÖØ-ÞÇĞİÖŞÜŚŠŽŁŃČĆĐА-ЯЁ][\w'’.-]*)"
_NAME_WORD = rf"(?:{_UP}|(?:al|el|ad|as|an|ar|de|du|da|von|van|bin|ibn|ben)[- ](?:{_UP})?)"
_NAME = rf"{_UP}(?:\s+{_NAME_WORD}){{0,4}}"
_SIGNATURE = re.compile(rf"\(?{_NAME}(?:(?:\s*[/,&]\s*|\s+(?:and|et|ve|и)\s+){_NAME}){{0,3}}\)?")
_BYLINE = re.compile(
    rf"(?:By|BY|Par|PAR|Propos\s+recueillis\s+par|Written\s+by|Yazan\s*:|Haber\s*:|Muhabir\s*:|Haberi?\s+yazan\s*:|Von|Por|Автор\s*:|Текст\s*:)\s*"
    rf"{_NAME}(?:(?:\s*[/,&|–-]\s*|\s+(?:and|et|ve|y|und|in|à|à\s+la|with|avec)\s+){_NAME}){{0,4}}"
    rf"|(?:بقلم|كتب|كتبت|(?:إعداد|تقرير)(?=\s*:))\s*:?\s+[^\d.!?]{{3,50}}|(?:Correspondance|De\s+notre\s+(?:correspondante?|envoyée?\s+spéciale?)).{{0,80}}"
    rf"|{_NAME}\s*[,|–-]\s*(?:(?:envoyée?\s+spéciale?|correspondante?|correspondent|journaliste|staff\s+writer|muhabir).{{0,60}})"
)
_MAX_SIGNATURE = 45

_DATE_LABEL = re.compile(
    r"^(?:publi(?:é|shed|e)(?:\s+(?:le|on|at))?|posted(?:\s+on)?|date|mis\s+en\s+ligne(?:\s+le)?|le|yayın(?:lanma)?(?:\s+tarihi)?|tarih|нa|дата|تاريخ)\s*:?\s+",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"«[^«»]{8,}»|“[^“”]{8,}”|(?<!\w)\"(?=\S)[^\"]{8,}\"|„[^„“”]{8,}[“”]")
_MAX_QUOTED = 3  # runs of one speaker's words, beyond which a block is an interview told in prose
_OPEN_QUOTE = re.compile(r"^[«“\"„]")


def is_headline(text: str) -> bool:
    """Whether a block could be a headline: one short line that begins like a title and does not end like a sentence.

    Not: a sentence with its full stop; a lead-in that ends with a colon; two sentences in a line; a list's item; a
    line that begins in lower case; a link. "M. Akar", "St. Louis" and "av. J.-C." do not end a sentence. A quotation
    is a headline only when it is short and says nothing else. Known to go wrong: a short paragraph whose full stop
    was lost.
    """
    words = text.split()
    if "\n" in text or len(text) > _MAX_HEADING or len(words) > _MAX_HEADING_WORDS:
        return False
    first = next((character for character in text if character.isalpha()), "")
    if not first or first.islower() or _LIST_ITEM.match(text) or _LINK.search(text):
        return False
    if _OPEN_QUOTE.match(text) and is_quote(text) and len(words) > 6:
        return False
    if text.rstrip("\"'”’» ").endswith(("!", "?", "؟")) and len(words) > 14:
        return False
    return not _NO_HEADING_END.search(text) and not _BREAK_INSIDE.search(text)


def is_signature(text: str) -> bool:
    """Whether a block is nothing but a personal name or a few: "Rima", "Manar al-Frieh/Manal".

    Where it stands decides whether it signs anything: a one-word cross-heading looks the same.
    """
    return len(text) <= _MAX_SIGNATURE and bool(_SIGNATURE.fullmatch(text)) and not any(map(str.isdigit, text))


def is_byline(text: str) -> bool:
    """Whether a block says who wrote: "By Ada Lovelace", "Par Jean Dupont, envoyé spécial", "بقلم ...".

    Not "Par conséquent ..." nor "By Friday, troops had left.": names are capitalised and nothing else follows.
    """
    name, dot, date = text.partition("·")
    if dot and is_signature(name.strip()):
        return is_date_line(date.strip())
    return len(text) <= 120 and bool(_BYLINE.fullmatch(text.rstrip(" .")))


def is_date_line(text: str) -> bool:
    """Whether a block is a date and nothing else, perhaps with "Published" before it."""
    if len(text) > 60 or sum(map(str.isdigit, text)) < 2 or text.isdigit():
        return False
    return parse_date(_DATE_LABEL.sub("", text)) is not None


def is_caption(text: str) -> bool:
    """Whether a block describes a picture.

    It opens with a label ("PHOTO DE FICHIER", "Fotoğraf:"), consists of one ("Image d’archives"), or ends with a
    picture's credit ("© Sputnik / Ilia Verestov"). Not: a sentence about a photograph ("La photo d’archives publiée
    par l’agence montre ..."), which has the label inside it; a copyright notice.
    """
    if len(text) > _MAX_CAPTION or _RIGHTS.search(text):
        return False
    label = _CAPTION_LABEL.match(text)
    if label and (text[: label.end()].isupper() or len(text) <= label.end() + 2 or text[label.end()] in " :.–-("):
        rest = text[label.end() :].lstrip(" :.–-")
        return not rest[:1].islower() or not rest
    if text.startswith("©") or _CREDIT_LABEL.match(text) or (len(text) <= 200 and _PHOTO_INSIDE.search(text)):
        return True
    short = len(text) <= 60 and not text.endswith((".", "!", "?"))
    ending = _CAPTION_LABEL.search(text)
    return bool(
        _CREDIT_END.search(text) or _AGENCY_END.search(text) or (short and ending and ending.end() == len(text))
    )


def is_post(text: str) -> bool:
    """Whether a block is a post of a social network with its author's handle.

    Signs: a tick or "Replying to" beside the handle, "RT @x", a handle in first place, a name with the handle in
    brackets before a date or after the text. Not: a sentence that mentions a handle ("a écrit @tcsavunma jeudi").
    """
    return len(text) <= 1500 and bool(_POST.search(text))


def is_boilerplate(text: str) -> bool:
    """Whether a block is the page's own furniture: links to other pages, sharing, subscriptions, rights, rules.

    Decided on how a short block begins, so "Share prices fell" and "Partagés entre ..." must not match: a word of
    the list counts with what usually follows it, and a long text is never furniture.
    """
    if not any(map(str.isalnum, text)):
        return True
    if len(text) > _MAX_BOILERPLATE:
        return False
    if len(text) <= _MAX_STAMP and _STAMP.search(text):
        return True
    return bool(
        _RIGHTS.search(text) or _SITES.fullmatch(text) or _BOILERPLATE.match(text) or _BOILERPLATE_LINE.fullmatch(text)
    )


def is_link_lead(text: str) -> bool:
    """Whether a block announces a link to another page without naming it: "Lire aussi :" alone."""
    return len(text) <= 25 and bool(_BOILERPLATE.match(text))


def is_quote(text: str) -> bool:
    """Whether a block is one speaker's words with the clause that reports them.

    At least half of the block stands in quotation marks, beginning with its first words or with a short lead-in; what
    stands outside is one clause ("indique le message", "he said") and no sentence of its own. Not: a sentence that
    quotes a few words; a paragraph that goes on to tell something after the quotation.
    """
    quoted = [(match.start(), match.end()) for match in _QUOTED.finditer(text)]
    inside = sum(end - begin for begin, end in quoted)
    if not 1 <= len(quoted) <= _MAX_QUOTED or 2 * inside < len(text) or inside < 20:
        return False
    outside, position = [], 0
    for begin, end in [*quoted, (len(text), len(text))]:
        outside.append(text[position:begin].strip())
        position = end
    return sum(map(len, outside)) <= 160 and not any(_BREAK_INSIDE.search(part) for part in outside)
