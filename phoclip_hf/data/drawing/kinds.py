"""The kinds of things in drawn scenes: what Vietnamese calls them, how large they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """One kind of thing: its words and its size.

    `classifier` may hold a second form after a slash ("con/chú").
    `width` is in picture widths when it is alone, `height` in own widths, `spread` its drawn extent
    in own widths, `most` its largest count. `verbs` maps an act to phrases ("" says nothing).
    `paint` holds the ways to say its colour, `{}` being the colour word; `words` replaces colour
    words ("mèo vàng" is an orange cat). `also` names what else it is or holds; a name that ends
    with "+" takes the colour along.
    """

    classifier: str
    nouns: tuple[str, ...]
    width: float
    height: float
    colours: tuple[str, ...]
    verbs: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"": ("",)})
    paint: tuple[str, ...] = ("màu {}", "{}")
    most: int = 4
    also: tuple[str, ...] = ()
    spread: float = 1.1
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)


_BRIGHT = ("red", "yellow", "blue", "green", "purple", "pink")
_CARS = ("red", "yellow", "blue", "green", "white", "black")
_SHIRTS = ("red", "yellow", "blue", "green", "purple", "orange")
_SWIM, _FLY = {"": ("đang bơi", "bơi")}, {"": ("đang bay", "bay")}
_DRIVE = {"": ("đang chạy", "chạy")}
_STAND = {"": ("đứng", "đang đứng", "")}
_STAND_RUN = {"stand": ("đứng", "đang đứng"), "run": ("chạy", "đang chạy")}
_PARKED = ("đậu", "đang đậu", "dựng")
_SHIRT = ("mặc áo {}", "mặc áo màu {}", "áo {}")
_CHILD = ("child", "person")


def _player(noun: str, *verbs: str) -> Kind:
    return Kind("", ("người", noun), 0.34, 1.9, _SHIRTS, {"": verbs}, _SHIRT, 2, ("person",), 1.75)


# fmt: off
KINDS: dict[str, Kind] = {
    # On the water and in it.
    "boat": Kind("chiếc/con", ("thuyền", "thuyền gỗ"), 0.6, 0.7,
                 ("brown", "red", "blue", "green", "yellow"),
                 {"": ("trôi", "đang trôi", "có người chèo")}, most=3, also=("hat",)),
    "sailboat": Kind("chiếc", ("thuyền buồm",), 0.42, 1.2,
                     ("white", "red", "yellow", "blue", "purple"),
                     {"": ("lướt sóng", "ra khơi", "đang lướt sóng")},
                     ("cánh {}", "có cánh buồm {}", "có cánh buồm màu {}")),
    "ship": Kind("con", ("tàu", "tàu thủy"), 0.62, 0.85, ("red", "blue", "black", "green"),
                 _DRIVE, most=2),
    "duck": Kind("con/chú", ("vịt",), 0.34, 0.8, ("yellow", "white", "brown"), _SWIM),
    "fish": Kind("con", ("cá",), 0.46, 0.65,
                 ("red", "yellow", "blue", "orange", "purple", "green"), _SWIM),
    "turtle": Kind("con", ("rùa", "rùa biển"), 0.5, 0.75, ("green", "brown"), _SWIM, most=3),
    "crab": Kind("con", ("cua",), 0.4, 0.75, ("red", "orange", "blue"), {"": ("bò", "đang bò")}),
    # Plants.
    "lotus": Kind("bông/đóa", ("sen", "hoa sen"), 0.44, 0.85, ("pink", "white"),
                  {"": ("nở", "đang nở", "")}),
    "flower": Kind("bông/đóa", ("hoa",), 0.32, 1.3,
                   ("red", "yellow", "purple", "pink", "white", "orange"),
                   {"": ("nở", "mọc", "đang nở")}, ("màu {}",)),  # "hoa hồng" would be a rose
    "tree": Kind("cái", ("cây", "cây xanh"), 0.48, 1.25, ("green",), {"": ("", "mọc")}, (), 3),
    "palm": Kind("cây", ("dừa",), 0.5, 1.75, ("green",), {"": ("mọc", "")}, (), 3),
    # Buildings.
    "house": Kind("ngôi/căn", ("nhà",), 0.5, 0.9, ("red", "blue", "green", "brown", "purple"),
                  paint=("mái {}", "có mái {}", "có mái màu {}"), most=3),
    "pagoda": Kind("ngôi", ("chùa",), 0.46, 1.25, ("red",), paint=(), most=2),
    "bridge": Kind("cây", ("cầu",), 0.85, 0.5, ("red", "brown", "white", "blue"),
                   {"": ("bắc",)}, most=1),
    "lighthouse": Kind("ngọn", ("hải đăng",), 0.28, 1.95, ("red", "blue"), {"": ("đứng", "")},
                       ("sọc {}", "kẻ sọc {}"), 1),
    # Animals.
    "cat": Kind("con/chú", ("mèo",), 0.44, 1.1, ("black", "white", "orange", "grey"),
                {"lie": ("nằm", "đang nằm"), "sit": ("ngồi", "đang ngồi")},
                words={"orange": ("vàng", "cam")}),
    "dog": Kind("con/chú", ("chó",), 0.5, 0.95, ("brown", "white", "black", "yellow"),
                {"run": ("chạy", "đang chạy"), "sit": ("ngồi", "đang ngồi")}),
    "rabbit": Kind("con/chú", ("thỏ",), 0.38, 1.05, ("white", "grey", "brown"),
                   {"": ("ngồi", "đang ngồi")}),
    "pig": Kind("con/chú", ("lợn", "heo"), 0.44, 0.75, ("pink", "black"), _STAND),
    "buffalo": Kind("con/chú", ("trâu",), 0.58, 0.85, ("black",),
                    {"stand": ("đứng", "đang đứng"), "graze": ("gặm cỏ", "đang gặm cỏ", "ăn cỏ")},
                    (), 3),
    "cow": Kind("con", ("bò",), 0.56, 0.9, ("yellow", "brown"), _STAND, most=3),
    "chicken": Kind("con/chú", ("gà", "gà trống"), 0.38, 1.02, ("brown", "white", "black"), _STAND),
    "egret": Kind("con", ("cò",), 0.3, 1.4, ("white",), _STAND, ("trắng",)),
    "bird": Kind("con/chú", ("chim",), 0.3, 0.85, ("white", "blue", "red", "yellow", "black"),
        _FLY),
    "butterfly": Kind("con", ("bướm",), 0.32, 0.85,
                      ("yellow", "blue", "red", "purple", "orange"), _FLY),
    # Things of yard, beach and sky.
    "ball": Kind("quả/trái", ("bóng",), 0.25, 1.0, (*_BRIGHT, "orange"), {"": ("nằm", "")}),
    "umbrella": Kind("chiếc/cái", ("ô", "dù"), 0.5, 1.1, _BRIGHT, {"": ("cắm", "")}, most=3),
    "kite": Kind("con/cánh", ("diều",), 0.28, 1.4, _BRIGHT, _FLY),
    "balloon": Kind("chiếc/quả", ("khinh khí cầu",), 0.32, 1.32, _BRIGHT, _FLY),
    "plane": Kind("chiếc", ("máy bay",), 0.44, 0.6, ("red", "blue", "green", "yellow"), _FLY,
                  ("cánh {}", "có cánh màu {}"), 2),
    "lantern": Kind("chiếc", ("đèn lồng",), 0.26, 1.6,
                    ("red", "yellow", "blue", "green", "purple", "orange"),
                    {"": ("treo", "được treo")}),
    # Vehicles on land.
    "bicycle": Kind("chiếc", ("xe đạp",), 0.48, 1.3, ("red", "blue", "yellow", "green", "black"),
                    {"ride": ("có người đạp", "đang chạy", "chạy"), "parked": _PARKED}, most=3),
    "motorbike": Kind("chiếc", ("xe máy",), 0.5, 1.15, _CARS,
                      {"ride": ("có người lái", "đang chạy", "chạy"), "parked": _PARKED}, most=3),
    "car": Kind("chiếc", ("ô tô", "xe hơi"), 0.58, 0.5, _CARS, _DRIVE, most=3),
    "bus": Kind("chiếc", ("xe buýt",), 0.68, 0.6, ("red", "yellow", "blue", "green"), _DRIVE,
                most=2),
    "truck": Kind("chiếc", ("xe tải",), 0.66, 0.65, ("red", "blue", "green", "yellow", "orange"),
                  _DRIVE, most=2),
    # On the table.
    "pho": Kind("bát/tô", ("phở",), 0.54, 1.0, ("white",), {"": ("", "nóng hổi", "đang bốc khói")},
                (), 3),
    "coffee": Kind("", ("ly cà phê", "cốc cà phê"), 0.3, 1.1, ("brown",),
                   {"iced": ("sữa đá",), "hot": ("nóng", "đang bốc khói")}, ()),
    "banana": Kind("nải", ("chuối",), 0.44, 0.8, ("yellow", "green"), most=3),
    "orange": Kind("quả/trái", ("cam",), 0.25, 1.1, ("orange",), paint=()),
    "apple": Kind("quả/trái", ("táo",), 0.27, 1.05, ("red", "green")),
    "watermelon": Kind("miếng", ("dưa hấu",), 0.42, 0.6, ("red",), paint=()),
    "banhchung": Kind("chiếc", ("bánh chưng",), 0.38, 0.75, ("green",), paint=(), most=3),
    "teapot": Kind("ấm", ("trà",), 0.42, 0.8, ("blue", "brown", "red", "white"), most=2),
    "book": Kind("quyển/cuốn", ("sách",), 0.32, 1.06, ("red", "blue", "green", "yellow", "purple")),
    "vase": Kind("lọ/bình", ("hoa",), 0.42, 1.45,
                 ("red", "yellow", "pink", "purple", "blue"), paint=("màu {}",), most=2,
                 also=("flower+",)),
    # People.
    "boy": Kind("", ("cậu bé", "bé trai"), 0.36, 1.6, _SHIRTS, _STAND_RUN, _SHIRT, 3, _CHILD),
    "girl": Kind("", ("cô bé", "bé gái"), 0.36, 1.6, (*_SHIRTS, "pink"), _STAND_RUN,
                 ("mặc váy {}", "mặc váy màu {}", "váy {}"), 3, _CHILD),
    "umbrella_girl": Kind("", ("cô bé che ô", "bé gái cầm ô", "cô bé che dù"), 0.34, 2.1, _BRIGHT,
                          {"": ("đứng", "đang đứng")}, ("{}", "màu {}"), 2,
                          (*_CHILD, "girl", "umbrella+"), 1.6),
    "aodai": Kind("", ("cô gái mặc áo dài", "thiếu nữ mặc áo dài"), 0.36, 1.75,
                  ("white", "red", "purple", "pink", "blue", "yellow"), _STAND,
                  ("{}", "màu {}"), 3, ("person", "hat")),
    "farmer": Kind("", ("người nông dân đội nón lá", "người nông dân"), 0.44, 1.75,
                   ("brown", "purple", "blue", "red"), {"": ("gánh hàng", "đang gánh hàng")},
                   _SHIRT, 2, ("person", "hat"), 1.4),
    "soccer": _player("cầu thủ", "đang đá bóng", "đá bóng"),
    "tennis": _player("vận động viên", "đang chơi tennis", "đang chơi quần vợt", "chơi tennis"),
    "basketball": _player("cầu thủ", "đang chơi bóng rổ", "đang ném bóng rổ", "chơi bóng rổ"),
    "baseball": _player("cầu thủ", "đang chơi bóng chày", "chơi bóng chày"),
}
# fmt: on
