"""What the C library does with memory that is given back."""

import ctypes

TRIM_THRESHOLD, MMAP_MAX = -1, -4  # numbers of glibc's mallopt


def keep() -> bool:
    """Keep memory that tensors give back, for the next ones; whether the C library does.

    glibc returns every block of 32 MB and more to the system at once, which hands it out again
    page by page, each filled with zeros: with five seeds of Bi-VAEGAN side by side, a third of a
    step. Other C libraries are left as they are.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(MMAP_MAX, 0) and mallopt(TRIM_THRESHOLD, 2**31 - 1))
