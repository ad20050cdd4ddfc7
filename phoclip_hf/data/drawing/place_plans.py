"""What each place of the drawn scenes may hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlacePlan:
    """What a place may hold and where feet stand on it, in picture heights from the top.

    `feet` are the farthest and the nearest row, `landmark_feet` where a house
    or a tree stands; `hours` is False where there is no weather; `weight` is how often the place
    is drawn.
    """

    weight: float
    feet: tuple[float, float]
    ground: tuple[str, ...]
    sky: tuple[str, ...] = ()
    landmark: tuple[str, ...] = ()
    landmark_feet: float = 0.66
    hours: bool = True


# fmt: off
PLACE_PLANS: dict[str, PlacePlan] = {
    "river": PlacePlan(1.0, (0.66, 0.86), ("boat", "boat", "duck"), ("bird", "plane"),
                       ("bridge",), 0.6),
    "sea": PlacePlan(1.2, (0.66, 0.86), ("sailboat", "sailboat", "ship"),
                     ("bird", "plane", "balloon"), ("lighthouse",), 0.7),
    "beach": PlacePlan(1.3, (0.76, 0.94),
                       ("ball", "umbrella", "crab", "dog", "boy", "girl", "umbrella_girl"),
                       ("bird", "kite", "plane"), ("palm",), 0.78),
    "meadow": PlacePlan(3.4, (0.72, 0.95),
                        ("ball", "dog", "cat", "chicken", "rabbit", "rabbit", "pig", "cow",
                         "flower", "boy", "girl", "umbrella_girl", "bicycle"),
                        ("bird", "kite", "balloon", "plane", "butterfly", "butterfly"),
                        ("tree", "house"), 0.68),
    "road": PlacePlan(1.6, (0.84, 0.96), ("motorbike", "bicycle", "car", "bus", "truck"),
                      ("bird", "plane", "balloon"), ("house", "tree"), 0.69),
    "city": PlacePlan(1.2, (0.84, 0.96), ("motorbike", "car", "bus", "truck", "bicycle"),
                      ("plane",)),
    "oldtown": PlacePlan(1.4, (0.88, 0.97), ("bicycle", "motorbike", "aodai", "cat", "dog"),
                         ("lantern", "lantern")),
    "paddy": PlacePlan(1.4, (0.86, 0.96), ("buffalo", "farmer", "egret", "aodai"),
                       ("bird", "kite"), ("tree", "house", "pagoda"), 0.72),
    "pond": PlacePlan(1.1, (0.62, 0.9), ("lotus", "lotus", "duck"), ("butterfly", "bird")),
    "terraces": PlacePlan(1.1, (0.9, 0.97), ("buffalo", "farmer", "pig", "chicken"),
                          ("bird", "balloon"), ("house", "pagoda", "house"), 0.85),
    "table": PlacePlan(2.8, (0.8, 0.92),
                       ("pho", "coffee", "banana", "orange", "apple", "watermelon", "banhchung",
                        "teapot", "book", "vase", "cat"), hours=False),
    "underwater": PlacePlan(1.0, (0.2, 0.9), ("fish", "fish", "turtle"), hours=False),
    "soccer": PlacePlan(0.35, (0.86, 0.96), ("soccer",)),
    "tennis": PlacePlan(0.35, (0.88, 0.96), ("tennis",)),
    "basketball": PlacePlan(0.35, (0.88, 0.96), ("basketball",), hours=False),
    "baseball": PlacePlan(0.35, (0.88, 0.96), ("baseball",)),
}
# fmt: on
