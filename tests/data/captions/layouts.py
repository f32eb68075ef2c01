"""The same captions in every layout."""

import csv
import json
import pickle

import h5py
import numpy as np

TRAIN = {
    "001.Black_Albatross/Albatross_0001": ["a black bird", "it has a hooked bill"],
    "001.Black_Albatross/Albatross_0002": ["wings are long", "a bird at sea"],
}
TEST = {"002.Crow/Crow.v2_0003": ["a crow", "black all over"]}
IMAGES = {**TRAIN, **TEST}


def write_text(root, images=IMAGES):
    """A text file for each image; what it holds is text, a list of lines, or bytes."""
    for name, held in images.items():
        path = root / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join(held) + "\n" if isinstance(held, list) else held
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def write_hdf5(root, images=IMAGES, dtype=np.uint8, suffix=".h5"):
    """An HDF5 file for each image, its arrays in the order that their names do not have."""
    for name, captions in images.items():
        path = root / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(path, "w") as file:
            for i in reversed(range(len(captions))):
                file[f"txt{i + 1}"] = np.array([ord(c) for c in captions[i]], dtype=dtype)


def write_json(root, images=IMAGES):
    """A list of objects."""
    held = [{"image": f"{name}.jpg", "captions": texts} for name, texts in images.items()]
    (root / "captions.json").write_text(json.dumps(held))


def write_json_dict(root, images=IMAGES):
    """One object, captions by image."""
    (root / "captions.json").write_text(json.dumps(images))


def write_jsonl(root, images=IMAGES):
    """A line for each caption."""
    rows = [
        {"file_name": f"{n}.jpg", "text": text} for n, texts in images.items() for text in texts
    ]
    (root / "metadata.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_csv(root, images=IMAGES):
    """A row for each caption."""
    with (root / "captions.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "caption"])
        writer.writerows([f"{n}.JPG", text] for n, texts in images.items() for text in texts)


def pickled(path, held, protocol=2):
    """A pickle of this."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(held, protocol))


def write_attngan_pickle(root, train=TRAIN, test=TEST, as_array=False, protocol=2):
    """AttnGAN's captions.pickle and lists of images; id 0 ends a caption."""
    words = sorted({w for texts in {**train, **test}.values() for t in texts for w in t.split()})
    number = {"<end>": 0, **{word: i for i, word in enumerate(words, 1)}}
    kind = np.array if as_array else list
    flat = [
        [kind([number[w] for w in text.split()] + [0]) for texts in part.values() for text in texts]
        for part in (train, test)
    ]
    pickled(root / "captions.pickle", [*flat, {i: w for w, i in number.items()}, number], protocol)
    pickled(root / "train/filenames.pickle", list(train), protocol)
    pickled(root / "test/filenames.pickle", list(test), protocol)


def write_stackgan_pickle(root):
    """StackGAN's lists of images, with the texts they are read from."""
    pickled(root / "train/filenames.pickle", list(TRAIN))
    pickled(root / "test/filenames.pickle", list(TEST))
    write_text(root / "text_c10")


WRITERS = {
    "reed_text": lambda root: write_text(root / "text_c10"),
    "reed_hdf5": lambda root: write_hdf5(root / "text_c10"),
    "attngan": lambda root: write_text(root / "text"),
    "json": write_json,
    "jsonl": write_jsonl,
    "csv": write_csv,
    "attngan_pickle": write_attngan_pickle,
    "stackgan_pickle": write_stackgan_pickle,
}
