from typing import Annotated, Literal

import pytest
from pydantic import Field, PositiveFloat, PositiveInt

from zslcore.runtime.files import write_json
from zslcore.runtime.params import Grid, Params, ParamsError, check, load
from zslcore.runtime.params_file import read_yaml, resolve


class Bird(Params):
    source: Literal["bird"]
    wings: PositiveInt


class Fish(Params):
    source: Literal["fish"]
    fins: Grid[PositiveFloat]


Animal = Annotated[Bird | Fish, Field(discriminator="source")]


class Zoo(Params):
    keeper: Literal["day", "night"]
    animals: dict[str, Animal]


GOOD = {
    "keeper": "day",
    "animals": {"a": {"source": "bird", "wings": 2}, "b": {"source": "fish", "fins": 0.5}},
}


def mistake(changed):
    with pytest.raises(ParamsError) as caught:
        check(Zoo, changed, "zoo")
    return str(caught.value)


def test_a_single_value_is_a_grid_of_one():
    assert check(Zoo, GOOD).animals["b"].fins == (0.5,)
    assert check(Fish, {"source": "fish", "fins": [1.0, 2.0]}).fins == (1.0, 2.0)


def test_a_misspelt_key_is_named_with_the_nearest_one():
    said = mistake({**GOOD, "animals": {"a": {"source": "bird", "wings": 2, "wing": 3}}})
    assert said == ("zoo.animals.a.wing: unknown key; did you mean wings? (known: source, wings)")


def test_every_mistake_is_told_at_once():
    said = mistake({"keeper": "noon", "animals": {"a": {"source": "bird", "wings": -1}, "b": {}}})
    assert "zoo.keeper: input should be 'day' or 'night', got 'noon'" in said
    assert "zoo.animals.a.wings: input should be greater than 0, got -1" in said
    assert len(said.splitlines()) == 3


def test_a_missing_key_is_named():
    assert mistake({"animals": {}}) == "zoo.keeper: missing"


@pytest.mark.parametrize("value", ["abc", None, float("nan"), float("inf"), [1.0, "x"], []])
def test_a_value_of_the_wrong_kind_is_refused(value):
    assert "zoo.animals.b.fins" in mistake(
        {**GOOD, "animals": {"b": {"source": "fish", "fins": value}}}
    )


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        check(Zoo, GOOD).keeper = "night"


def test_written_settings_are_read_back(tmp_path):
    write_json(check(Zoo, GOOD).model_dump(mode="json"), tmp_path / "x" / "zoo.json")
    assert load(tmp_path / "x" / "zoo.json", Zoo) == check(Zoo, GOOD)


def test_a_dataset_takes_its_own_value_or_the_default():
    tree = {"r": {"default": 1, "cub": [2, 3]}, "deep": [{"x": {"default": 4}}], "plain": 5}
    assert resolve(tree, "cub", {"cub", "sun"}) == {"r": [2, 3], "deep": [{"x": 4}], "plain": 5}
    assert resolve(tree, "sun", {"cub", "sun"})["r"] == 1


def test_a_value_for_an_unknown_dataset_is_refused():
    with pytest.raises(ParamsError, match=r"a\.r\.cubb: no such dataset; did you mean cub\?"):
        resolve({"a": {"r": {"default": 1, "cubb": 2}}}, "cub", {"cub", "sun"})


def test_the_file_is_read_as_dvc_reads_it(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("a: 1e-4\nb: yes\nc: 012\n")
    assert read_yaml(path) == {"a": 1e-4, "b": "yes", "c": 12}


@pytest.mark.parametrize(("text", "said"), [("a: [1", "not valid YAML"), ("- 1", "a mapping")])
def test_a_broken_file_is_refused(tmp_path, text, said):
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(ParamsError, match=said):
        read_yaml(path)


def test_a_missing_file_says_where_to_stand(tmp_path):
    with pytest.raises(ParamsError, match="root of the repository"):
        read_yaml(tmp_path / "params.yaml")
