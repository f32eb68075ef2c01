"""How attributes are divided into clusters."""

from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from zslcore.runtime.params import Params


class KMeans(Params):
    """Spherical k-means on the attributes' vectors.

    Attributes:
        clusters: how many.
        restarts: from how many draws of first centres; the best result counts.
    """

    clusters: PositiveInt
    restarts: PositiveInt


class Config(Params):
    """Section `attribute_clusters` of params.yaml.

    What one way needs, another ignores; whether it suits a dataset shows when that is clustered,
    because settings are checked for every dataset, whether or not it is run.

    Attributes:
        by: prefix = by the text before `separator` in the attributes' names; listed = as
            `partition` says; kmeans = by the attributes' vectors; single = all together.
        separator: what ends the prefix of a name.
        partition: which published one; see partitions.json.
        kmeans: of that way only.
        merge: half = join prefixes or listed clusters to half as many (partitions.json, `halves`).
    """

    by: Literal["prefix", "listed", "kmeans", "single"]
    separator: Annotated[str, Field(min_length=1)]
    partition: Literal["cub", "sun", "sun_executed", "awa2"] | None
    kmeans: KMeans
    merge: Literal["none", "half"]
