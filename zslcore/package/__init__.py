"""A package: one folder with all that it takes to label an image with a trained method.

    package.json        what is in it, see `manifest`
    class_vectors.npy   of all classes, float32 (K, A)
    seen.npy            bool (K,)
    models/<row>/       what the method's model saved, for each of its rows
    backbone/           weights and preprocessing, unless the features were files

That of a segmenter is described in `segmentation_files`. Loading is strict: a file that is missing,
was added or has other bytes is an error. Nothing in a package is ever unpickled.
"""
