"""Zero-shot learning under one honest protocol.

Letters, the same in every docstring:

    N images            K classes of a phase        D features of an image
    A attributes        R regions of an image       C channels of a region map
    G size of an attribute name's vector            S seeds trained side by side
    B images of a batch M unlabelled images         U unseen classes

Class ids run over 0..K-1 inside a phase, with one mask `seen` (K,); there is no second numbering.
"""
