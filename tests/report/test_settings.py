from zslcore.report.settings import headings, in_order


def test_the_more_a_row_knew_the_later_it_stands():
    names = ["transductive, known prior", "transductive", "inductive", "transductive"]
    order = ["inductive", "transductive", "transductive, known prior"]
    assert in_order(names) == order
    assert in_order(reversed(names)) == order
    assert in_order(["few-shot", "inductive"]) == ["inductive", "few-shot"]
    names = ["few-shot oracle, transductive", "transductive"]
    assert in_order(names) == names[::-1]


def test_settings_are_named_if_they_are_not_all_inductive():
    assert headings(["inductive", "inductive"]) == {"inductive": ""}
    assert headings(["transductive"]) == {"transductive": "Transductive"}
    assert headings(["inductive", "few-shot oracle, transductive"]) == {
        "inductive": "Inductive",
        "few-shot oracle, transductive": "Few-shot oracle, transductive",
    }
    assert headings([]) == {}
