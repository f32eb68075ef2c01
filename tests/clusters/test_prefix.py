"""Clusters by what names begin with."""

import pytest

from zslcore.clusters.prefix import by_prefix
from zslcore.data.sources.shapes.factors import attribute_names


def test_names_of_one_group_are_one_cluster_in_order_of_appearance():
    found = by_prefix(["wing::red", "bill::long", "wing::blue", "bill::a::b"], "::")
    assert found.names == ("wing", "bill")
    assert found.of.tolist() == [0, 1, 0, 1]


def test_the_separator_is_a_setting():
    assert by_prefix(["a/b::c", "a/d", "b::c/d"], "/").names == ("a", "b::c")


def test_the_embedded_benchmark_has_six():
    found = by_prefix(attribute_names(), "::")
    assert found.names == ("shape", "hue", "texture", "frame", "badge", "mark")
    assert found.sizes == (6, 6, 4, 3, 4, 2)


@pytest.mark.parametrize("bad", ["bill shape dagger", "::dagger", "  ::dagger", "bill:dagger"])
def test_a_name_without_a_group_is_refused(bad):
    message = rf"1 of 3 attribute names do not begin.*'::', the first is '{bad}'.*'group::value'"
    with pytest.raises(ValueError, match=message):
        by_prefix(["a::b", bad, "c::d"], "::")


def test_without_names_there_are_no_prefixes():
    with pytest.raises(ValueError, match="need the attributes' names: set attribute_names"):
        by_prefix([], "::")
