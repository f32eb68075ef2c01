"""The embedded benchmark: small images whose factors are the attributes, generated from a seed.

Seen classes are combinations of shape, hue, texture, frame, badge and mark; unseen classes are
other combinations of the same values. Frame, badge and mark each live in a part of the image.
"""
