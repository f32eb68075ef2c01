"""The field's standard layout: a features file and `att_splits.mat`, as in xlsa17.

Xian et al. 2019, https://arxiv.org/abs/1707.00600. AwA1, AwA2, CUB, SUN, aPY, FLO and whatever else
is stored in that form.
"""
