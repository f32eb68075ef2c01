"""What counts as a word."""

import unicodedata

APOSTROPHES = "'’‘ʼ`´"  # typed for one another; ʼ is a letter to Unicode, the others are not


class _Table(dict[int, str]):
    """For `str.translate`: what each character becomes, decided when it first occurs.

    Letters, the marks on them and digits stay (Unicode's categories L, M and N); anything else
    ends a word.
    """

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = character if unicodedata.category(character)[0] in "LMN" else " "
        return self[code]


_TABLE = _Table({ord(character): "" for character in APOSTROPHES})


def split(caption: str) -> list[str]:
    """The words of a caption, in lower case.

    Apostrophes vanish (bird's -> birds); every other character that is no letter, mark or digit
    separates words (black-and-white -> black, and, white), underscores and stray bytes, too. So
    words hold no blank and no punctuation. A letter with its accent is one character (NFC),
    however it was typed. Splitting words joined by blanks gives the same words.
    """
    return unicodedata.normalize("NFC", caption.lower().translate(_TABLE)).split()
