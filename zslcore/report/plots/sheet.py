"""Figures whose panels are placed by hand."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure


class Sheet:
    """A figure whose panels are placed by hand.

    Automatic layouts of many panels differ in the last bit from one time to the next, and so do
    the bytes of the SVG.

    Args:
        size: width and height, inches.
        title: stands above, in the first quarter of an inch.
    """

    def __init__(self, size: tuple[float, float], title: str) -> None:
        self.size, self.figure = size, Figure(figsize=size)
        self.figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """A panel, by its upper left corner; inches from the sheet's."""
        right, down = self.size
        return self.figure.add_axes(
            (x / right, 1 - (y + height) / down, width / right, height / down)
        )
