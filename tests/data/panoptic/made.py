"""A few categories, images and annotations."""

from zslcore.data.panoptic.annotations import Annotation, Category, Image, Segment

CATEGORIES = (
    Category(1, "cat", True),
    Category(4, "cow", True),
    Category(9, "grass", False),
    Category(12, "road", False),
)


def image(number, height=4, width=6):
    return Image(number, f"{number:03}.jpg", height, width)


def annotation(number, *segments):
    """Of an image of 4 x 6 pixels; segments are (id, category, crowd)."""
    return Annotation(image(number), f"{number:03}.png", tuple(Segment(*s) for s in segments))
