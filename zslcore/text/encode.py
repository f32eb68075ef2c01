"""Captions as ids, whatever has one."""

from zslcore.text.config import Text
from zslcore.text.sentences import Sentences
from zslcore.text.tokens import Tokens
from zslcore.text.vocabulary import Captions, Vocabulary


def encode(known: Vocabulary | Sentences, captions: Captions, cfg: Text) -> Tokens:
    """The captions of N images by their words, or each as a whole.

    Raises:
        ValueError: an image has no caption; of whole captions, one is not known.
    """
    if isinstance(known, Sentences):
        return known.encode(captions)
    return known.encode(captions, cfg.length, cfg.keep)
