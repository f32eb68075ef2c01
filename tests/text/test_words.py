"""What counts as a word."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zslcore.text.words import split

EXACT = settings(deadline=None, derandomize=True, max_examples=60)


@pytest.mark.parametrize(
    ("caption", "words"),
    [
        ("A Bird with a red crown.", ["a", "bird", "with", "a", "red", "crown"]),
        ("it's the bird's; THE BIRDS'", ["its", "the", "birds", "the", "birds"]),
        ("it’s ‘red’ isn`t it´s itʼs", ["its", "red", "isnt", "its", "its"]),
        ("black-and-white,grey/brown", ["black", "and", "white", "grey", "brown"]),
        ("2 wings 10cm 3.5", ["2", "wings", "10cm", "3", "5"]),
        ("under_score a+b $5 100% x=y ~ ^", ["under", "score", "a", "b", "5", "100", "x", "y"]),
        ("\ta\nb\r\nc\x00d\xa0e\u3000f\u200bg", ["a", "b", "c", "d", "e", "f", "g"]),
        ("stray\ufffd\ufffdbytes “quoted” — dash…", ["stray", "bytes", "quoted", "dash"]),
        ("Öl ÉCLAIR ΣΟΦΟΣ straße", ["öl", "éclair", "σοφος", "straße"]),
        ("e\u0301clair", ["éclair"]),
        ("हिन्दी पक्षी", ["हिन्दी", "पक्षी"]),
        ("鳥 赤い", ["鳥", "赤い"]),
        ("\ud800", []),
        ("", []),
        (" .,;!?'\"-_() ", []),
    ],
)
def test_words_by_hand(caption, words):
    assert split(caption) == words


def test_every_ascii_character_keeps_or_separates_or_vanishes():
    for code in range(128):
        character = chr(code)
        expected = [f"a{character.lower()}b"] if character.isalnum() else ["a", "b"]
        assert split(f"a{character}b") == (["ab"] if character in "'`" else expected)


def test_only_letters_marks_and_digits_stay_of_all_characters():
    """Each of Unicode's characters between two blanks, all at once; lower case may be several."""
    words = split(" ".join(map(chr, range(sys.maxunicode + 1))))
    assert split(" ".join(words)) == words
    left = set("".join(words))
    assert {unicodedata.category(character)[0] for character in left} == {"L", "M", "N"}
    assert {"a", "ß", "é", "7", "²", "鳥", "\u0301"} <= left
    assert not left & set("A'’ʼ_-\u200b\ufeff\xad")


@EXACT
@given(st.text())
def test_words_split_again_are_the_same(caption):
    words = split(caption)
    assert split(" ".join(words)) == words
    assert all(words)


@EXACT
@given(st.text(), st.text())
def test_captions_split_one_by_one_or_together(first, second):
    assert split(f"{first} {second}") == split(first) + split(second)
