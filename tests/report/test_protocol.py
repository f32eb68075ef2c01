import pytest

from zslcore.report.protocol import describe, differences

OURS = {
    "split": {"name": "proposed-v1", "sha256": "0123456789"},
    "features": {"name": "res101"},
    "class_vectors": {"name": "att"},
}
SAME = {
    "split": "proposed-v1",
    "features": "res101",
    "class_vectors": "att",
    "selection": "validation",
    "setting": "transductive",
}


def test_the_same_protocol_has_no_differences():
    assert differences(OURS, "transductive", SAME) == []


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("split", "standard", "split: ours proposed-v1, published standard"),
        ("features", "vgg", "features: ours res101, published vgg"),
        ("class_vectors", "sent", "class vectors: ours att, published sent"),
        ("setting", "inductive", "setting: ours transductive, published inductive"),
        ("selection", "test", "published model chosen on: test"),
        ("selection", "not stated", "published model chosen on: not stated"),
    ],
)
def test_every_part_is_compared_and_named(key, value, words):
    assert differences(OURS, "transductive", SAME | {key: value}) == [words]


def test_all_differences_are_listed():
    assert len(differences(OURS, "transductive", dict.fromkeys(SAME, "other"))) == 5


def test_what_was_not_recorded_is_not_the_same():
    assert len(differences({}, "transductive", SAME)) == 3
    assert len(differences(dict.fromkeys(OURS), "transductive", SAME)) == 3


def test_description_shows_names_and_short_checksums():
    expected = "split proposed-v1 (01234567), features res101, class vectors att"
    assert describe(OURS) == expected
    assert describe({}).count("not recorded") == 3
