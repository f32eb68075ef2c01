import pytest

from zslcore.runtime.scratch import scratch


@pytest.fixture
def inputs(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text("1")
    (tmp_path / "b.npy").write_text("2")
    return [tmp_path / "in", tmp_path / "b.npy"]


def name(root, inputs):
    with scratch(root, inputs) as folder:
        return folder.name


def test_the_name_follows_every_byte_of_the_inputs(tmp_path, inputs):
    first = name(tmp_path, inputs)
    assert name(tmp_path, inputs) == first
    inputs[1].write_text("3")
    second = name(tmp_path, inputs)
    (inputs[0] / "a.json").write_text("4")
    assert len({first, second, name(tmp_path, inputs)}) == 3


def test_it_goes_after_success_and_stays_after_a_failure(tmp_path, inputs):
    def work(fail):
        with scratch(tmp_path, inputs) as folder:
            folder.mkdir(exist_ok=True)
            if fail:
                raise RuntimeError("killed")
        return folder

    with pytest.raises(RuntimeError):
        work(fail=True)
    (left,) = (p for p in tmp_path.iterdir() if len(p.name) == 16)
    assert work(fail=False) == left
    assert not left.exists()
