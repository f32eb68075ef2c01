"""Settings of text."""

import pytest

from zslcore.runtime.params import ParamsError, check
from zslcore.text.config import Text

PPMI = {"window": 5, "smoothing": 0.75, "power": 0.5}
VECTORS = {"by": "captions", "path": None, "dimension": 300, "ppmi": PPMI}
TEXT = {"vocabulary": 10000, "length": 30, "keep": "first", "vectors": VECTORS}


def with_vectors(**changes):
    return {**TEXT, "vectors": {**VECTORS, **changes}}


def test_settings_as_they_may_be():
    assert check(Text, TEXT).vectors.ppmi.window == 5
    found = check(Text, with_vectors(by="file", path="word2vec.bin"))
    assert found.vectors.path == "word2vec.bin"
    assert check(Text, with_vectors(by="learned")).vectors.by == "learned"
    assert check(Text, with_vectors(ppmi={**PPMI, "power": 0, "smoothing": 1})).vectors


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (with_vectors(by="file"), "text.vectors: by file needs the path of one; name it, or"),
        (with_vectors(by="file", path=""), "by file needs the path"),
        (with_vectors(by="files"), "text.vectors.by: .*'file', 'captions' or 'learned'"),
        (with_vectors(ppmi={**PPMI, "smoothing": 0}), "text.vectors.ppmi.smoothing: .*greater th"),
        (with_vectors(ppmi={**PPMI, "smoothing": 1.1}), "ppmi.smoothing: .*less than or equal"),
        (with_vectors(ppmi={**PPMI, "power": -0.5}), "ppmi.power: "),
        (with_vectors(ppmi={**PPMI, "window": 0}), "ppmi.window: "),
        ({**TEXT, "keep": "middle"}, "text.keep: .*'first' or 'last'"),
        ({**TEXT, "length": 0}, "text.length: "),
        ({**TEXT, "vocabulary": 0}, "text.vocabulary: "),
        ({**TEXT, "lenght": 3}, "text.lenght: unknown key; did you mean length"),
    ],
)
def test_settings_as_they_may_not_be(values, message):
    with pytest.raises(ParamsError, match=message):
        check(Text, values, "text")
