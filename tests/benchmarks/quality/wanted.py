"""The least that each figure has to be, by measure. A figure without a line here is only told."""

from collections.abc import Mapping

# In this order they run: the quick ones first.
WANTED: Mapping[str, Mapping[str, float]] = {
    "language": {"seven_words": 0.97, "sentence": 0.99, "rightly_declared_seven_words": 0.99},
    "places": {"f1": 0.75},
    "names": {"spans_f1": 0.70, "typed_f1": 0.60},
    "plover": {"actor_found": 0.75, "polarity_right": 0.70},
    "attribution": {
        "polnear_direct_right": 0.70,
        "polnear_direct_precision": 0.85,
        "polnear_relation_f1": 0.42,
        "cofenet_direct_right": 0.70,
        "cofenet_direct_precision": 0.85,
        "cofenet_relation_f1": 0.42,
    },
    "keywords": {"over_plain_tf_idf": 1.0},
    "topics": {
        "masakhanews_shipped": 0.60,
        "bbc_shipped": 0.65,
        "masakhanews_trained": 0.86,
        "bbc_trained": 0.95,
    },
    "duplicates": {"f1": 0.98},
    "related": {"galaxy": 0.76, "ecbplus": 0.95, "basil": 0.96},
    "stories": {"galaxy": 0.80, "ecbplus": 0.87, "basil": 0.91},
}
