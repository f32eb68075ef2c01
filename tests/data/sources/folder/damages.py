"""Damages of a folder, and what is to be said of each: a change, the file, its row, some words."""

import io
import os
import struct
import zlib

import numpy as np
from PIL import Image

from tests.data.sources.folder import made
from tests.data.sources.folder.made import edit, lines, pixels

ANT = "images/ant/0.png"


def spread(path, change):
    """A change of bytes, not of text."""
    path.write_bytes(change(path.read_bytes()))


def header_of_png(width, height):
    """A PNG that says how large it is, and has no pixel."""
    said = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + said + struct.pack(">I", zlib.crc32(said))
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", 0)


def in_memory(image, form, **how):
    held = io.BytesIO()
    image.save(held, form, **how)
    return held.getvalue()


def into(name, content):
    """Puts a content, or what a function makes of the old one, into a file."""

    def change(folder):
        path = folder / name
        path.write_bytes(content(path.read_bytes()) if callable(content) else content)

    return change


def edited(name, old, new, count=1):
    return lambda folder: edit(folder / name, old, new, count)


def appended(name, *rows):
    def change(folder):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.writelines(f"{row}\n" for row in rows)

    return change


def removed(name):
    return lambda folder: (folder / name).unlink()


def linked_out(folder):
    (folder / ANT).rename(folder.parent / "elsewhere.png")
    (folder / ANT).symlink_to(folder.parent / "elsewhere.png")


def folder_linked_out(folder):
    (folder / "images/ant").rename(folder.parent / "elsewhere")
    (folder / "images/ant").symlink_to(folder.parent / "elsewhere")


def many_columns(folder):
    path = folder / "classes.csv"
    path.write_text(path.read_text().replace("\n", ",x\n").replace("role,x", "role,colour"))


def without_class(name):
    def change(folder):
        (folder / "images" / name).rename(folder.parent / name)

    return change


def strangers(folder):
    (folder / "images/yak").mkdir()
    pixels(99).save(folder / "images/yak/0.png")


def unnamed_bytes(folder):
    with open(os.fsencode(folder / "images/ant") + b"/\xff.png", "wb") as file:
        file.write(b"x")


def pipe(folder):
    (folder / ANT).unlink()
    os.mkfifo(folder / ANT)


def without_gnu(folder):
    (folder / "images/gnu").rename(folder.parent / "gnu")
    for path in folder.glob("*.csv"):
        rows = path.read_text(encoding="utf-8").splitlines()
        lines(path, *(row for row in rows if "gnu" not in row))


def loop(folder):
    (folder / ANT).unlink()
    (folder / ANT).symlink_to(folder / ANT)


def sets(*of):
    """images.csv with sets: of each seen class's five images."""
    return lambda folder: made.list_images(folder, sets=of)


CLASSES, ATTRIBUTES, TEXTS = "classes.csv", "attributes.csv", "texts.csv"
IMAGES, CAPTIONS = "images.csv", "captions.csv"
GIF = in_memory(pixels(1), "GIF", save_all=True, append_images=[pixels(2)])

# name: (change of the folder, file, row, part of the message)
CASES = {
    "wrong header": (edited(CLASSES, "class,role", "name,kind"), CLASSES, 1, "no column class, ro"),
    "one column wrong": (edited(CLASSES, "role", "rolle"), CLASSES, 1, "no column role"),
    "extra column": (many_columns, CLASSES, 1, "unknown column colour; allowed: class,role"),
    "unknown role": (edited(CLASSES, "dog,val", "dog,vall"), CLASSES, 5, "did you mean val"),
    "role in capitals": (edited(CLASSES, "dog,val", "dog,VAL"), CLASSES, 5, "unknown role 'VAL'"),
    "duplicate class": (appended(CLASSES, "ant,seen"), CLASSES, 9, "first in row 2"),
    "class without a name": (appended(CLASSES, ",seen"), CLASSES, 9, "no name of a class"),
    "blanks around a class": (edited(CLASSES, "cat,", "cat ,"), CLASSES, 4, "'cat ', with blanks"),
    "empty file": (
        into(CLASSES, b""),
        CLASSES,
        None,
        "is empty; its first row is to be class,role",
    ),
    "header only": (into(CLASSES, b"class,role\n"), CLASSES, None, "no row below it"),
    "file that is missing": (removed(CLASSES), CLASSES, None, "cannot be read (No such file"),
    "file that is a folder": (
        lambda folder: ((folder / CLASSES).unlink(), (folder / CLASSES).mkdir()),
        CLASSES,
        None,
        "cannot be read (Is a directory)",
    ),
    "UTF-16": (
        into(CLASSES, lambda old: old.decode().encode("utf-16")),
        CLASSES,
        None,
        "is UTF-16 or holds zero bytes",
    ),
    "UTF-16 without a mark": (
        into(CLASSES, lambda old: old.decode().encode("utf-16-le")),
        CLASSES,
        None,
        "UTF-16 or holds zero bytes",
    ),
    "latin-1": (
        into(CLASSES, lambda old: old.replace(b"dog", "d\xf6g".encode("latin-1"))),
        CLASSES,
        5,
        "not UTF-8: there is the byte 0xf6",
    ),
    "semicolons": (
        into(CLASSES, lambda old: old.replace(b",", b";")),
        CLASSES,
        1,
        "is separated by semicolons; save it as CSV",
    ),
    "quote that is not closed": (edited(CLASSES, "dog", '"dog'), CLASSES, 8, "no CSV from here on"),
    "row with too many cells": (
        edited(CLASSES, "dog,val", "dog,val,1"),
        CLASSES,
        5,
        "3 cells for 2",
    ),
    "row with too few cells": (edited(CLASSES, "dog,val", "dog"), CLASSES, 5, "1 cells for 2"),
    "no unseen class": (
        edited(CLASSES, "unseen", "seen", 2),
        CLASSES,
        None,
        "0 classes have the ro",
    ),
    "no val class": (
        edited(CLASSES, "val", "seen", 2),
        CLASSES,
        None,
        "the role val; at least one",
    ),
    "one seen class": (edited(CLASSES, ",seen", ",val", 2), CLASSES, None, "at least two must"),
    "class without images": (without_class("fox"), CLASSES, 7, "class fox has no image"),
    "class with one image": (
        lambda folder: [(folder / f"images/bee/{i}.png").unlink() for i in range(1, 5)],
        CLASSES,
        3,
        "class bee (seen) has 1 image; at least 3",
    ),
    "val class with one image": (
        lambda folder: [(folder / f"images/dog/{i}.png").unlink() for i in range(1, 5)],
        CLASSES,
        5,
        "class dog (val) has 1 image; at least 2",
    ),
    "no images": (
        lambda folder: (folder / "images").rename(folder.parent / "x"),
        "images",
        None,
        "put the images into images/<class>/",
    ),
    "class folder of no class": (strangers, "images/yak", None, "the folder of no class"),
    "image in no class folder": (
        lambda folder: pixels(7).save(folder / "images/x.png"),
        "images/x.png",
        None,
        "is in no class folder",
    ),
    "image that is no image": (
        into(ANT, b"no image at all\n" * 9),
        ANT,
        None,
        "is no image (allowe",
    ),
    "PDF called an image": (into(ANT, b"%PDF-1.4 " * 20), ANT, None, "is no image"),
    "EPS, which runs programs": (
        into(ANT, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n"),
        ANT,
        None,
        "is no image",
    ),
    "truncated image": (into(ANT, lambda old: old[: len(old) * 2 // 3]), ANT, None, "is damaged"),
    "truncated JPEG": (
        into(ANT, in_memory(pixels(3, 90, 90), "JPEG")[:2000]),
        ANT,
        None,
        "is damaged (image file is truncated",
    ),
    "file of no byte": (into(ANT, b""), ANT, None, "is an empty file"),
    "image of one pixel": (
        into(ANT, in_memory(pixels(3, 1, 1), "PNG")),
        ANT,
        None,
        "is 1 x 1 pixels",
    ),
    "long line of pixels": (
        into(ANT, header_of_png(20_000, 20)),
        ANT,
        None,
        "is 20000 x 20 pixels",
    ),
    "image that would fill the memory": (
        into(ANT, header_of_png(20_000, 20_000)),
        ANT,
        None,
        "is too large",
    ),
    "image a little too large": (into(ANT, header_of_png(9_900, 9_900)), ANT, None, "is too large"),
    "image of 32 bits": (
        into(ANT, in_memory(Image.new("F", (20, 20)), "TIFF")),
        ANT,
        None,
        "has 32 bits a pixel",
    ),
    "link to an image elsewhere": (linked_out, ANT, None, "is a link out of images/"),
    "link to a folder elsewhere": (folder_linked_out, "images/ant", None, "a link to a folder"),
    "link to itself": (loop, ANT, None, "cannot be opened"),
    "pipe, which would never end": (pipe, ANT, None, "is no file"),
    "name that is no text": (unnamed_bytes, r"images/'ant/\udcff.png'", None, "rename it"),
    "same image in two classes": (
        lambda folder: into(ANT, (folder / "images/bee/1.png").read_bytes())(folder),
        "images/bee/1.png",
        None,
        "bee/1.png has the same bytes as ant/0.png, which is of class ant, not bee",
    ),
    "vectors of nothing": (
        lambda folder: [(folder / name).unlink() for name in (ATTRIBUTES, TEXTS)],
        ATTRIBUTES,
        None,
        "is missing, and texts.csv too",
    ),
    "no attribute": (
        into(ATTRIBUTES, b"class\nant\n"),
        ATTRIBUTES,
        1,
        "has no attribute; add a column",
    ),
    "duplicate attribute": (
        edited(ATTRIBUTES, "legs", "size"),
        ATTRIBUTES,
        1,
        "size is there twice",
    ),
    "attribute without a name": (
        edited(ATTRIBUTES, "legs", ""),
        ATTRIBUTES,
        1,
        "column 3 has no na",
    ),
    "class without a vector": (
        edited(ATTRIBUTES, "bee,2.0,2,0.25\n", ""),
        ATTRIBUTES,
        None,
        "class bee of classes.csv has no row",
    ),
    "vector of an unknown class": (
        appended(ATTRIBUTES, "beee,9,9,9"),
        ATTRIBUTES,
        9,
        "class 'beee' is not in classes.csv; did you mean bee?",
    ),
    "two vectors of a class": (appended(ATTRIBUTES, "ant,9,9,9"), ATTRIBUTES, 9, "first in row 2"),
    "NaN": (
        edited(ATTRIBUTES, "bee,2.0", "bee,nan"),
        ATTRIBUTES,
        3,
        "size of bee is nan, which is",
    ),
    "infinity": (
        edited(ATTRIBUTES, "bee,2.0", "bee,-inf"),
        ATTRIBUTES,
        3,
        "-inf, which is not fin",
    ),
    "beyond float32": (
        edited(ATTRIBUTES, "bee,2.0", "bee,1e39"),
        ATTRIBUTES,
        3,
        "beyond what float",
    ),
    "text for a number": (
        edited(ATTRIBUTES, "bee,2.0", "bee,two"),
        ATTRIBUTES,
        3,
        "'two', which is",
    ),
    "decimal comma": (
        edited(ATTRIBUTES, "bee,2.0", 'bee,"2,0"'),
        ATTRIBUTES,
        3,
        "no number (decimals are set off by a point)",
    ),
    "number that Python alone reads": (
        edited(ATTRIBUTES, "bee,2.0", "bee,1_0"),
        ATTRIBUTES,
        3,
        "'1_0', which is no number",
    ),
    "number that is not there": (edited(ATTRIBUTES, "bee,2.0", "bee,"), ATTRIBUTES, 3, "is empty"),
    "vector of zeros": (
        edited(ATTRIBUTES, "bee,2.0,2,0.25", "bee,0,0,-0.0"),
        ATTRIBUTES,
        3,
        "all attributes of bee are 0",
    ),
    "identical vectors": (
        edited(ATTRIBUTES, "cat,3.0,0,0.25", "cat,1,1.0,.25"),
        ATTRIBUTES,
        4,
        "cat is described exactly as ant (row 2)",
    ),
    "identical but for the sign of zero": (
        edited(ATTRIBUTES, "bee,2.0,2,0.25", "bee,3,-0.0,0.25"),
        ATTRIBUTES,
        4,
        "cat is described exactly as bee (row 3)",
    ),
    "empty text": (
        edited(TEXTS, "bee,a bee has 1 spots", "bee, "),
        TEXTS,
        5,
        "the text of bee is em",
    ),
    "class without a text": (
        edited(TEXTS, "bee,a bee has 0 spots\nbee,a bee has 1 spots\n", ""),
        TEXTS,
        None,
        "class bee of classes.csv has no row",
    ),
    "identical texts": (
        edited(
            TEXTS,
            "bee,a bee has 0 spots\nbee,a bee has 1",
            "bee,a ant has 1 spots\nbee,a ant has 0",
        ),
        TEXTS,
        4,
        "described exactly as ant",
    ),
    "caption of an unknown image": (
        appended(CAPTIONS, "ant/9.png,what"),
        CAPTIONS,
        37,
        "image 'ant/9.png' is none of the images",
    ),
    "empty caption": (
        edited(CAPTIONS, '"one, ant/1.png"', '" "'),
        CAPTIONS,
        3,
        "the caption of ant/1.png is empty",
    ),
    "image without a caption": (
        edited(CAPTIONS, 'ant/1.png,"one, ant/1.png"\n', ""),
        CAPTIONS,
        None,
        "image ant/1.png has no caption",
    ),
}
LISTED = {
    "path out of the folder": (edited(IMAGES, "ant/0.png", "../x.png"), 2, "leads out of images/"),
    "path out and in again": (
        edited(IMAGES, "ant/0.png", "../images/ant/0.png"),
        2,
        "leads out of images/",
    ),
    "absolute path": (edited(IMAGES, "ant/0.png", "/etc/passwd"), 2, "leads out of images/"),
    "link out of the folder": (linked_out, 2, "ant/0.png is a link out of images/"),
    "missing image": (removed(ANT), 2, "ant/0.png is missing below images/"),
    "path of another system": (edited(IMAGES, "ant/0.png", "ant\\0.png"), 2, "separated by /"),
    "folder for an image": (edited(IMAGES, "ant/0.png", "ant"), 2, "ant is no file"),
    "endless name": (edited(IMAGES, "ant/0.png", "a" * 300), 2, "cannot be opened"),
    "no path": (edited(IMAGES, "ant/0.png", ""), 2, "'' is no path"),
    "blanks around a path": (edited(IMAGES, "ant/0.png", "ant/0.png "), 2, "with blanks around it"),
    "duplicate row": (appended(IMAGES, "ant/0.png,ant"), 37, "is there twice, first in row 2"),
    "duplicate by another spelling": (
        appended(IMAGES, "./ant//0.png,ant"),
        37,
        "ant/0.png is there twice",
    ),
    "label of no class": (
        edited(IMAGES, "0.png,ant", "0.png,ants"),
        2,
        "label 'ants' is no class of classes.csv; did you mean ant?",
    ),
    "image that is no image": (into(ANT, b"text"), 2, "ant/0.png is no image"),
    "wrong header": (edited(IMAGES, "image,label", "file,class"), 1, "no column image, label"),
    "unseen image to train on": (
        lambda folder: (
            sets("train", "train", "train", "test", "test")(folder),
            edit(folder / IMAGES, "fox/0.png,fox,test", "fox/0.png,fox,train"),
        ),
        27,
        "fox is unseen, so that its images cannot be in the set train",
    ),
    "unknown set": (
        sets("train", "train", "train", "test", "tset"),
        6,
        "unknown set 'tset'; did yo",
    ),
    "no image to test on": (sets(*["train"] * 5), None, "no image of a seen class is in the set t"),
}


def cmyk(folder):
    (folder / ANT).unlink()
    pixels(3).convert("CMYK").save(folder / ANT.replace("png", "jpg"))
    edit(folder / CAPTIONS, "ant/0.png", "ant/0.jpg")


def sixteen_bits(folder):
    deep = np.random.default_rng(0).integers(0, 2**16, (9, 9)).astype(np.uint16)
    Image.fromarray(deep).save(folder / ANT)


ALLOWED = {
    "byte order mark": (into(CLASSES, lambda old: b"\xef\xbb\xbf" + old), None),
    "line ends of Windows": (into(CLASSES, lambda old: old.replace(b"\n", b"\r\n")), None),
    "no line end at the end": (into(CLASSES, bytes.rstrip), None),
    "numbers in any style": (edited(ATTRIBUTES, "bee,2.0", "bee, +.2E-1 "), None),
    "columns in another order": (
        lambda folder: lines(
            folder / CLASSES, "role,class", *(f"{r},{n}" for n, r in made.ROLES.items())
        ),
        None,
    ),
    "hidden files": (into("images/ant/.DS_Store", b"x"), None),
    "blank line": (edited(CLASSES, "bee", "\nbee"), (CLASSES, 3, "is blank and left out")),
    "blank cells": (edited(CLASSES, "bee", ",\nbee"), (CLASSES, 3, "is blank and left out")),
    "CMYK": (cmyk, ("images", None, "1 image is CMYK, converted to RGB: ant/0.jpg")),
    "16 bits": (sixteen_bits, ("images", None, "of 16 bits, of which the upper 8 are read: ant/0")),
    "animated GIF": (into(ANT, GIF), ("images", None, "first frame is read: ant/0.png")),
    "note beside images": (
        into("images/ant/notes.txt", b"x"),
        ("images/ant/notes.txt", None, "no extension of an image"),
    ),
    "same image twice": (
        lambda folder: into(ANT, (folder / "images/ant/1.png").read_bytes())(folder),
        ("images/ant/1.png", None, "same bytes as ant/0.png; one may be tested on"),
    ),
    "attribute that tells nothing": (
        lambda folder: None,
        (ATTRIBUTES, 1, "fur is the same for ev"),
    ),
    "one unseen class": (
        without_gnu,
        (CLASSES, None, "one class alone has the role unseen"),
    ),
}
