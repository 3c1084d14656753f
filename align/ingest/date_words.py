"""The words that dates are written with, in English, French, Turkish, Russian and Arabic.

An underscore stands for the space inside a name. Case, accents and the dotless i do not count: see dates.py.
"""

from __future__ import annotations

__all__ = ["LABELS", "MONTHS", "WEEKDAYS", "ZONES"]

# English; French; Turkish; Russian; Arabic of Egypt and the Gulf, of the Levant, of Algeria and Tunisia, of Morocco.
MONTHS = (
    "january jan; janvier janv; ocak oca; январь января янв; يناير كانون_الثاني جانفي",
    "february feb; février févr fév; şubat şub; февраль февраля фев февр; فبراير شباط فيفري",
    "march mar; mars; mart; март марта мар; مارس آذار",
    "april apr; avril avr; nisan nis; апрель апреля апр; أبريل إبريل نيسان أفريل",
    "may; mai; mayıs; май мая; مايو أيار ماي",
    "june jun; juin; haziran haz; июнь июня июн; يونيو حزيران جوان",
    "july jul; juillet juil; temmuz tem; июль июля июл; يوليو تموز جويلية يوليوز",
    "august aug; août; ağustos ağu; август августа авг; أغسطس آب أوت غشت",
    "september sep sept; septembre; eylül eyl; сентябрь сентября сен сент; سبتمبر أيلول شتنبر",
    "october oct; octobre; ekim eki; октябрь октября окт; أكتوبر تشرين_الأول",
    "november nov; novembre; kasım kas; ноябрь ноября ноя нояб; نوفمبر تشرين_الثاني نونبر",
    "december dec; décembre déc; aralık ara; декабрь декабря дек; ديسمبر كانون_الأول دجنبر",
)
WEEKDAYS = (
    "monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun",
    "lundi lun mardi mar mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim",
    "pazartesi pzt salı sal çarşamba çar perşembe per cuma cum cumartesi cmt pazar paz",
    "понедельник пн вторник вт среда ср четверг чт пятница пт суббота сб воскресенье вс",
    "الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
)
# RFC 822's zones and those of the press in the five languages; null where one name means several zones.
ZONES: dict[str, int | None] = {
    zone: minutes
    for minutes, zones in (
        (0, "z gmt utc wet"),
        (60, "cet"),
        (120, "cest eet"),
        (180, "msk мск trt eest"),
        (-240, "edt"),
        (-300, "est cdt"),
        (-360, "cst mdt"),
        (-420, "mst pdt"),
        (-480, "pst"),
        (None, "ist bst ast"),
    )
    for zone in zones.split()
}
LABELS = (
    "date published posted first_published publication_date published_on posted_on published_at",
    "publié publié_le date_de_publication mis_en_ligne_le posté_le",
    "tarih yayın_tarihi yayınlanma yayınlanma_tarihi yayımlanma_tarihi giriş_tarihi",
    "дата опубликовано дата_публикации",
    "تاريخ تاريخ_النشر بتاريخ نشر_في نشر",
)
