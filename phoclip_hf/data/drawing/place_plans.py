"""What each place of the drawn scenes may hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PlacePlan:
    """What a place may hold and where feet stand on it, in picture heights from the top.

    `feet` are the farthest and the nearest row, `landmark_feet` where a house,
        tree or bridge stands;
    `hours` is False where there is no weather; `weight` is how often the place is drawn.
    """

    ground: tuple[str, ...]
    feet: tuple[float, float]
    landmark: tuple[str, ...] = ()
    landmark_feet: float = 0.66
    sky: tuple[str, ...] = ()
    hours: bool = True
    weight: float = 1.0


_FOOD = (
    "pho",
    "coffee",
    "banana",
    "orange",
    "apple",
    "watermelon",
    "banhchung",
    "teapot",
    "book",
    "vase",
)
PLACE_PLANS: dict[str, PlacePlan] = {
    "river": PlacePlan(("boat", "boat", "duck"), (0.66, 0.86), ("bridge",), 0.6, ("bird", "plane")),
    "sea": PlacePlan(("sailboat", "sailboat", "ship"), (0.66, 0.86), ("lighthouse",), 0.7,
                  ("bird", "plane", "balloon"), weight=1.2),
    "beach": PlacePlan(("ball", "umbrella", "crab", "dog", "boy", "girl", "umbrella_girl"), (0.76,
        0.94),
                    ("palm", "palm"), 0.78, ("bird", "kite", "plane"), weight=1.3),
    "meadow": PlacePlan(("ball", "dog", "cat", "chicken", "rabbit", "pig", "cow", "flower", "boy",
        "girl",
                      "umbrella_girl", "bicycle"), (0.72, 0.95), ("tree", "house", "house",
                          "tree"), 0.68,
                     ("bird", "kite", "balloon", "plane", "butterfly", "butterfly"), weight=3.0),
    "road": PlacePlan(("motorbike", "bicycle", "car", "bus", "truck"), (0.84, 0.96), ("house",
        "tree"), 0.69,
                   ("bird", "plane", "balloon"), weight=1.6),
    "city": PlacePlan(("motorbike", "car", "bus", "truck", "bicycle"), (0.84, 0.96), (), 0.7,
        ("plane",), weight=1.2),
    "oldtown": PlacePlan(("bicycle", "motorbike", "aodai", "cat", "dog"), (0.88, 0.97), (), 0.7,
                      ("lantern", "lantern"), weight=1.3),
    "paddy": PlacePlan(("buffalo", "farmer", "egret", "aodai"), (0.86, 0.96), ("tree", "house",
        "pagoda"), 0.72,
                    ("bird", "kite"), weight=1.4),
    "pond": PlacePlan(("lotus", "lotus", "duck"), (0.62, 0.9), (), 0.6, ("butterfly", "bird"),
        weight=1.0),
    "terraces": PlacePlan(("buffalo", "farmer", "pig", "chicken"), (0.9, 0.97), ("house", "pagoda",
        "house"), 0.85,
                       ("bird", "balloon"), weight=1.1),
    "table": PlacePlan((*_FOOD, "cat"), (0.8, 0.92), hours=False, weight=2.6),
    "underwater": PlacePlan(("fish", "fish", "turtle"), (0.2, 0.9), hours=False, weight=1.0),
    "soccer": PlacePlan(("soccer",), (0.86, 0.96), weight=0.35),
    "tennis": PlacePlan(("tennis",), (0.88, 0.96), weight=0.35),
    "basketball": PlacePlan(("basketball",), (0.88, 0.96), hours=False, weight=0.35),
    "baseball": PlacePlan(("baseball",), (0.88, 0.96), weight=0.35),
}  # fmt: skip
