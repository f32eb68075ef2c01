"""A folder of the user's own images, with CSV files that say what is in it.

    classes.csv       class,role               role: seen | val | unseen
    images/           images/<class>/..        or any files, if there is images.csv
    images.csv        image,label[,set]        paths below images/; set: train | test
    attributes.csv    class,<attribute>,..     a number for each attribute
    texts.csv         class,text               or texts, any number for each class
    captions.csv      image,caption            if there are captions, any number for each image
    features.npy      (N, D)                   instead of images/: a row for each row of images.csv

Classes with the role val are seen ones that play unseen in the val phase. Where no column `set`
says it, a share of the images of every seen class is held out to be tested on. CSV is UTF-8, with
or without a byte order mark, separated by commas, with any line ends.
"""
