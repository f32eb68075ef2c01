"""The words of the captions. No word or phrase stands for two things, so a caption can be read."""

Vocabulary = dict[str, dict[str, tuple[str, ...]]]

WORDS: Vocabulary = {
    "shape": {
        "disk": ("disk", "circle"),
        "square": ("square", "box"),
        "triangle": ("triangle", "wedge"),
        "star": ("star", "pentagram"),
        "ring": ("ring", "hoop"),
        "cross": ("cross", "plus sign"),
    },
    "hue": {
        "red": ("red", "crimson"),
        "orange": ("orange", "amber"),
        "yellow": ("yellow", "lemon"),
        "lime": ("lime", "chartreuse"),
        "green": ("green", "emerald"),
        "mint": ("mint", "jade"),
        "cyan": ("cyan", "turquoise"),
        "azure": ("azure", "sky-coloured"),
        "blue": ("blue", "cobalt"),
        "violet": ("violet", "purple"),
        "magenta": ("magenta", "fuchsia"),
        "rose": ("rose", "pink"),
    },
    "texture": {
        "plain": ("plain", "uniform", "smooth"),
        "striped": ("striped", "banded", "lined"),
        "dotted": ("dotted", "spotted", "speckled"),
        "checkered": ("checkered", "chequered", "tiled"),
    },
    "frame": {
        "none": ("no frame", "no border"),
        "thin": ("a thin frame", "a narrow border", "a fine edge"),
        "thick": ("a thick frame", "a wide border", "a heavy edge"),
    },
    "badge": {
        "cream": ("a cream badge", "an ivory badge"),
        "maroon": ("a maroon badge", "a burgundy badge"),
        "olive": ("an olive badge", "a khaki badge"),
        "navy": ("a navy badge", "an indigo badge"),
    },
    "mark": {
        "absent": ("no mark", "an empty lower right corner"),
        "present": ("an x", "a crossed mark", "two crossed strokes"),
    },
    "size": {
        "small": ("small", "little", "tiny"),
        "medium": ("medium", "mid-sized"),
        "large": ("large", "big"),
    },
    "place": {
        "left": ("to the left", "left of the middle"),
        "right": ("to the right", "right of the middle"),
        "up": ("near the top", "above the middle"),
        "down": ("near the bottom", "below the middle"),
        "middle": ("in the centre", "right in the middle"),
    },
    "tilt": {
        "left": ("leaning left", "turned anticlockwise"),
        "upright": ("upright", "hardly turned"),
        "right": ("leaning right", "turned clockwise"),
    },
    "backdrop": {
        "dark": ("on a dark ground", "on a dark background"),
        "dim": ("on a dim ground", "on a dusky background"),
        "bright": ("on a bright ground", "on a pale background"),
    },
    "cover": {
        "hidden": ("partly hidden", "behind an obstacle"),
        "clear": ("fully visible", "with nothing in front of it"),
    },
}
