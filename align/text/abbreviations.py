"""Words with a full stop that does not end a sentence, and words that mostly begin one.

Three tables, each for French, Turkish, English, Russian and Arabic together: a page mixes languages inside a
paragraph, and almost no abbreviation of one of them is a full word that ends sentences in another. Where one is
(French "art", English "no"), it is in the cautious table.
"""

from __future__ import annotations

__all__ = ["NEVER_END", "OFTEN_BEGIN", "SELDOM_END"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Titles and the like: a name or a number follows, so the stop never ends the sentence.
NEVER_END = _words(
    # French
    "m mm mme mmes mlle mlles dr drs pr prof me mgr gal col cdt cne lt sgt st ste p pp cf ex fig vol chap tél "
    "env éd coll av bd boul réf janv févr avr juil sept oct nov déc "
    # Turkish
    "doç yrd öğr gör uzm opr op alb yb bnb yzb üstğm tğm ütğm tuğg tümg korg org gen kur mah cad sok apt bul "
    "bkz örn hz sn yrd müh mim haz çev "
    # English
    "mr mrs ms messrs hon rev fr sr jr maj capt cmdr adm brig sgts sen rep gov pres supt insp jan feb aug dec vs "
    "e.g i.e "
    # Russian
    "ул им см стр рис гл проф акад д-р ген полк св пос обл "
    # Arabic
    "د أ م"
)

# These may stand at a sentence's end as well; what follows decides.
SELDOM_END = _words(
    # French, Turkish, English
    "etc no nos art al inc corp co ltd şti a.ş a.s vb vd vs yy yüz sf s dk sa tl st.petersburg ed approx est dept "
    "univ assn bros mt ft a.m p.m j.-c h min "
    # Russian
    "г гг т.д т.п т.е др пр руб тыс млн млрд в вв н.э"
)

# A capital after an initial or an abbreviation is mostly a name ("U.S. President", "T.C. Millî"); one of these words
# mostly is not.
OFTEN_BEGIN = _words(
    # English
    "the a an in on at he she it they we this that these those there but and however when while after before since "
    "according his her its their our for as if although some many two three meanwhile "
    # French
    "le la les l un une des du de d dans en au aux il elle ils elles on nous vous ce cet cette ces son sa ses leur "
    "leurs mais et or donc car selon après avant pendant depuis lors plus plusieurs par pour si quand alors "
    "interrogé "
    # Turkish
    "bu şu o bir ve ama fakat ancak ise da de daha sonra önce onlar biz siz bunun buna bunu ayrıca öte ne "
    "çünkü için göre "
    # Russian
    "он она они мы вы это этот эта эти в на по из с у к и а но как что после до при об о для ранее также"
)
