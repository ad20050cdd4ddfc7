"""The Vietnamese words of the drawn scenes: colours, numbers, places, hours, kinds of things."""

from __future__ import annotations

from dataclasses import dataclass, field

COLOURS: dict[str, tuple[int, int, int]] = {
    "red": (220, 44, 46),
    "yellow": (250, 206, 34),
    "blue": (38, 104, 226),
    "green": (40, 164, 84),
    "orange": (248, 128, 24),
    "purple": (140, 62, 190),
    "pink": (246, 120, 182),
    "white": (250, 249, 245),
    "black": (42, 42, 50),
    "brown": (136, 84, 46),
    "grey": (140, 146, 156),
}
COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "red": ("đỏ",),
    "yellow": ("vàng",),
    "blue": ("xanh dương", "xanh nước biển", "xanh da trời"),
    "green": ("xanh lá", "xanh lục", "xanh lá cây"),
    "orange": ("cam",),
    "purple": ("tím",),
    "pink": ("hồng",),
    "white": ("trắng",),
    "black": ("đen",),
    "brown": ("nâu",),
    "grey": ("xám",),
}
NUMBERS = {1: "một", 2: "hai", 3: "ba", 4: "bốn"}

# place -> ((phrase, fact that the phrase asserts), ...); the first is the plainest.
PLACES: dict[str, tuple[tuple[str, str], ...]] = {
    "river": (("trên sông", "place=river"), ("trên dòng sông", "place=river"),
              ("trên mặt sông", "place=river")),
    "sea": (("trên biển", "place=sea"), ("ngoài biển", "place=sea"), ("trên mặt biển",
        "place=sea")),
    "beach": (("trên bãi biển", "place=beach"), ("trên bãi cát", "place=beach"),
              ("bên bờ biển", "place=beach")),
    "meadow": (("trên bãi cỏ", "place=meadow"), ("trên đồng cỏ", "place=meadow"),
               ("trên bãi cỏ xanh", "place=meadow")),
    "road": (("trên đường", "ground=street"), ("trên con đường làng", "place=road"),
             ("trên con đường ở vùng quê", "place=road")),
    "city": (("trên đường", "ground=street"), ("trong thành phố", "place=city"),
             ("trên đường phố", "place=city")),
    "oldtown": (("ở phố cổ", "place=oldtown"), ("trong phố cổ", "place=oldtown"),
                ("trên con phố cổ", "place=oldtown")),
    "paddy": (("trên cánh đồng lúa", "place=paddy"), ("giữa ruộng lúa", "place=paddy"),
              ("ngoài đồng lúa", "place=paddy")),
    "pond": (("trong ao", "place=pond"), ("trên mặt ao", "place=pond"), ("dưới ao", "place=pond")),
    "table": (("trên bàn", "place=table"), ("trên chiếc bàn gỗ", "place=table"),
              ("trên mặt bàn", "place=table")),
    "terraces": (("ở vùng núi", "place=terraces"), ("bên ruộng bậc thang", "place=terraces"),
                 ("dưới chân núi", "place=terraces")),
    "underwater": (("dưới nước", "place=underwater"), ("trong làn nước xanh", "place=underwater"),
                   ("dưới biển", "place=underwater")),
    "soccer": (("trên sân cỏ", "place=soccer"), ("trên sân bóng đá", "place=soccer")),
    "tennis": (("trên sân", "place=tennis"), ("trên sân quần vợt", "place=tennis")),
    "basketball": (("trên sân", "place=basketball"), ("trên sân bóng rổ", "place=basketball")),
    "baseball": (("trên sân", "place=baseball"), ("trên sân bóng chày", "place=baseball")),
}  # fmt: skip

# hour or weather -> phrases that end a caption, each with the fact it asserts.
HOURS: dict[str, tuple[tuple[str, str], ...]] = {
    "day": (("vào ban ngày", "hour=day"), ("dưới bầu trời trong xanh", "hour=day")),
    "sunset": (("lúc hoàng hôn", "hour=sunset"), ("vào buổi hoàng hôn", "hour=sunset"),
               ("khi mặt trời lặn", "hour=sunset"), ("vào lúc chiều tà", "hour=sunset")),
    "night": (("vào ban đêm", "hour=night"), ("trong đêm", "hour=night"),
              ("dưới ánh trăng", "hour=night")),
    "rain": (("dưới trời mưa", "hour=rain"), ("trong cơn mưa", "hour=rain"),
             ("khi trời mưa", "hour=rain")),
}  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """One kind of thing: how Vietnamese names it and how large it is drawn.

    `width` is in picture widths when it is alone; `height` in own widths; `paint` holds the ways to
    say its colour, `{}` being the colour word; `verbs` maps an act to phrases ("" says nothing);
    `most` is its largest count; `also` names broader kinds that it is or holds ("person",
        "child", "hat",
    or another kind, whose colour it lends after a "+"); `spread` is its drawn extent in own widths;
    `words` replaces colour words ("mèo vàng" is an orange cat).
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


BRIGHT = ("red", "yellow", "blue", "green", "purple", "pink")
CARS = ("red", "yellow", "blue", "green", "white", "black")
SHIRTS = ("red", "yellow", "blue", "green", "purple", "orange")
_HERE, _SWIM, _FLY = ("", "ở"), ("đang bơi", "bơi"), ("đang bay", "bay")
_WHEELS = {"": ("đang chạy", "", "chạy")}
_RIDDEN = {"ride": ("có người lái", "đang chạy", "chạy"), "parked": ("đậu", "đang đậu", "dựng")}
_STAND_RUN = {"stand": ("đứng", "đang đứng"), "run": ("đang chạy", "chạy")}
_SHIRT = ("mặc áo {}", "mặc áo màu {}", "áo {}")


def _player(verb: tuple[str, ...], nouns: tuple[str, ...]) -> Kind:
    return Kind("", nouns, 0.34, 1.9, SHIRTS, {"": verb}, _SHIRT, 2, ("person",), 1.75)


KINDS: dict[str, Kind] = {
    "boat": Kind("chiếc", ("thuyền", "thuyền gỗ"), 0.6, 0.7, ("brown", "red", "blue", "green",
        "yellow"),
                 {"": ("trôi", "đang trôi", "")}, most=3, also=("hat",)),
    "sailboat": Kind("chiếc", ("thuyền buồm",), 0.42, 1.2, ("white", "red", "yellow", "blue",
        "purple"),
                     {"": ("lướt sóng", "ra khơi", "")},
                     ("buồm {}", "có cánh buồm {}", "có cánh buồm màu {}")),
    "ship": Kind("con", ("tàu", "tàu thủy"), 0.62, 0.85, ("red", "blue", "black", "green"),
                 {"": ("chạy", "đang chạy", "")}, most=2),
    "duck": Kind("con", ("vịt",), 0.34, 0.8, ("yellow", "white", "brown"), {"": _SWIM}),
    "lotus": Kind("bông", ("sen", "hoa sen"), 0.44, 0.85, ("pink", "white"), {"": ("nở",
        "đang nở", "")}),
    "fish": Kind("con", ("cá",), 0.46, 0.65, ("red", "yellow", "blue", "orange", "purple", "green"),
                 {"": _SWIM}),
    "turtle": Kind("con", ("rùa", "rùa biển"), 0.5, 0.75, ("green", "brown"), {"": _SWIM}, most=3),
    "ball": Kind("quả", ("bóng",), 0.25, 1.0, BRIGHT + ("orange",), {"": ("nằm", "", "ở")}),
    "house": Kind("ngôi", ("nhà",), 0.5, 0.9, ("red", "blue", "green", "brown", "purple"),
                  {"": ("", "nằm")}, ("mái {}", "có mái {}", "có mái màu {}"), 3),
    "pagoda": Kind("ngôi", ("chùa",), 0.46, 1.25, ("red",), {"": ("", "nằm")}, (), 2),
    "bridge": Kind("cây", ("cầu",), 0.85, 0.5, ("red", "brown", "white", "blue"), {"": ("bắc",
        "")}, most=1),
    "lighthouse": Kind("ngọn", ("hải đăng",), 0.28, 1.95, ("red", "blue"), {"": ("đứng", "")},
        most=1),
    "tree": Kind("cái", ("cây", "cây xanh"), 0.48, 1.25, ("green",), {"": ("", "mọc")}, (), 3),
    "palm": Kind("cây", ("dừa",), 0.5, 1.75, ("green",), {"": ("mọc", "", "đứng")}, (), 3),
    "flower": Kind("bông", ("hoa",), 0.32, 1.3, ("red", "yellow", "purple", "pink", "white",
        "orange"),
                   {"": ("nở", "mọc", "đang nở")}),
    "cat": Kind("con", ("mèo",), 0.44, 1.1, ("black", "white", "orange", "grey"),
                {"lie": ("nằm", "đang nằm"), "sit": ("ngồi", "đang ngồi")},
                words={"orange": ("vàng", "cam")}),
    "dog": Kind("con", ("chó",), 0.5, 0.95, ("brown", "white", "black", "yellow"),
                {"run": ("chạy", "đang chạy"), "sit": ("ngồi", "đang ngồi")}),
    "chicken": Kind("con", ("gà", "gà trống"), 0.38, 1.02, ("brown", "white", "black"),
                    {"": ("đứng", "", "đang đứng")}),
    "rabbit": Kind("con", ("thỏ",), 0.38, 1.05, ("white", "grey", "brown"), {"": ("ngồi", "",
        "đang ngồi")}),
    "pig": Kind("con", ("lợn", "heo"), 0.44, 0.75, ("pink", "black"), {"": ("đứng", "")}, most=4),
    "buffalo": Kind("con", ("trâu",), 0.58, 0.85, ("black",),
                    {"stand": ("đứng", "đang đứng"), "graze": ("gặm cỏ", "đang gặm cỏ", "ăn cỏ")},
                        (), 3),
    "cow": Kind("con", ("bò",), 0.56, 0.9, ("yellow", "brown"), {"": ("đứng", "", "đang đứng")},
        most=3),
    "crab": Kind("con", ("cua",), 0.4, 0.75, ("red", "orange", "blue"), {"": ("bò", "đang bò")}),
    "bird": Kind("con", ("chim",), 0.3, 0.85, ("white", "blue", "red", "yellow", "black"),
        {"": _FLY}),
    "egret": Kind("con", ("cò",), 0.3, 1.4, ("white",), {"": ("đứng", "đang đứng")},
                  ("trắng",), 4),
    "butterfly": Kind("con", ("bướm",), 0.32, 0.85, ("yellow", "blue", "red", "purple", "orange"),
                      {"": _FLY}),
    "kite": Kind("con", ("diều",), 0.28, 1.4, BRIGHT, {"": _FLY}),
    "balloon": Kind("chiếc", ("khinh khí cầu",), 0.32, 1.32, BRIGHT, {"": _FLY}),
    "plane": Kind("chiếc", ("máy bay",), 0.44, 0.6, ("red", "blue", "green", "yellow"), {"": _FLY},
                  ("có cánh {}", "có cánh màu {}"), 2),
    "umbrella": Kind("chiếc", ("ô", "dù"), 0.5, 1.1, BRIGHT, {"": ("cắm", "")}, most=3),
    "boy": Kind("", ("cậu bé", "bé trai"), 0.36, 1.6, SHIRTS, _STAND_RUN, _SHIRT, 3, ("child",
        "person")),
    "girl": Kind("", ("cô bé", "bé gái"), 0.36, 1.6, SHIRTS + ("pink",), _STAND_RUN,
                 ("mặc váy {}", "mặc váy màu {}", "váy {}"), 3, ("child", "person")),
    "aodai": Kind("", ("cô gái mặc áo dài", "thiếu nữ mặc áo dài"), 0.36, 1.75,
                  ("white", "red", "purple", "pink", "blue", "yellow"), {"": ("đứng", "")},
                  ("{}", "màu {}"), 3, ("person", "hat")),
    "farmer": Kind("", ("người nông dân đội nón lá", "người nông dân"), 0.44, 1.75,
                   ("brown", "purple", "blue", "red"), {"": ("gánh hàng", "đang gánh hàng")},
                   _SHIRT, 2, ("person", "hat"), 1.4),
    "umbrella_girl": Kind("", ("cô bé che ô", "bé gái cầm ô", "cô bé cầm dù"), 0.34, 2.1, BRIGHT,
                          {"": ("đứng", "đang đứng")}, ("{}", "màu {}"), 2,
                          ("child", "person", "girl", "umbrella+"), 1.6),
    "bicycle": Kind("chiếc", ("xe đạp",), 0.48, 1.3, ("red", "blue", "yellow", "green", "black"),
                    {"ride": ("có người đạp", "đang chạy", "chạy"), "parked": ("đậu", "dựng",
                        "đang đậu")},
                    most=3),
    "motorbike": Kind("chiếc", ("xe máy",), 0.5, 1.15, CARS, _RIDDEN, most=3),
    "car": Kind("chiếc", ("ô tô", "xe hơi"), 0.58, 0.5, CARS, _WHEELS, most=3),
    "bus": Kind("chiếc", ("xe buýt",), 0.68, 0.6, ("red", "yellow", "blue", "green"), _WHEELS,
        most=2),
    "truck": Kind("chiếc", ("xe tải",), 0.66, 0.65, ("red", "blue", "green", "yellow", "orange"),
        _WHEELS,
                  most=2),
    "lantern": Kind("chiếc", ("đèn lồng",), 0.26, 1.6, ("red", "yellow", "blue", "green",
        "purple", "orange"),
                    {"": ("treo", "được treo")}),
    "pho": Kind("bát", ("phở",), 0.54, 1.0, ("white",), {"": ("", "nóng", "nóng hổi")}, (), 3),
    "coffee": Kind("", ("ly cà phê", "cốc cà phê"), 0.3, 1.1, ("brown",),
                   {"iced": ("sữa đá",), "hot": ("nóng", "đen nóng")}, (), 4),
    "banana": Kind("nải", ("chuối",), 0.44, 0.8, ("yellow", "green"), {"": ("", "nằm")}, most=3),
    "orange": Kind("quả", ("cam",), 0.25, 1.1, ("orange",), {"": ("", "nằm")}, ()),
    "apple": Kind("quả", ("táo",), 0.27, 1.05, ("red", "green"), {"": ("", "nằm")}),
    "watermelon": Kind("miếng", ("dưa hấu",), 0.42, 0.6, ("red",), {"": ("", "nằm")}, ()),
    "banhchung": Kind("chiếc", ("bánh chưng",), 0.38, 0.75, ("green",), {"": ("", "nằm")}, (), 3),
    "teapot": Kind("ấm", ("trà",), 0.42, 0.8, ("blue", "brown", "red", "white"), {"": ("",
        "đặt")}, most=2),
    "book": Kind("quyển", ("sách",), 0.32, 1.06, ("red", "blue", "green", "yellow", "purple"),
                 {"": ("đứng", "")}, most=4),
    "vase": Kind("lọ", ("hoa",), 0.42, 1.45, ("red", "yellow", "pink", "purple", "white"),
        {"": ("", "đặt")},
                 ("{}", "màu {}"), 2, ("flower+",)),
    "soccer": _player(("đang đá bóng", "đá bóng"), ("cầu thủ", "người")),
    "tennis": _player(("đang chơi tennis", "chơi quần vợt"), ("người", "vận động viên")),
    "basketball": _player(("đang chơi bóng rổ", "ném bóng rổ"), ("người", "cầu thủ")),
    "baseball": _player(("đang chơi bóng chày", "chơi bóng chày"), ("người", "cầu thủ")),
}  # fmt: skip

# Where things beside the scene's ground stand, and over what things fly.
BESIDE: dict[str, tuple[tuple[str, str], ...]] = {
    "road": (("bên đường", "ground=street"), ("ven đường", "ground=street")),
    "paddy": (("bên cánh đồng lúa", "place=paddy"), ("cạnh ruộng lúa", "place=paddy")),
    "river": (("qua sông", "place=river"), ("qua dòng sông", "place=river")),
    "sea": (("giữa biển", "place=sea"), ("trên biển", "place=sea")),
}
OVER: dict[str, tuple[tuple[str, str], ...]] = {
    "river": (("trên dòng sông", "place=river"),),
    "sea": (("trên biển", "place=sea"), ("trên mặt biển", "place=sea")),
    "beach": (("trên bãi biển", "place=beach"),),
    "meadow": (("trên đồng cỏ", "place=meadow"), ("trên bãi cỏ", "place=meadow")),
    "road": (("trên con đường làng", "place=road"),),
    "city": (("trên thành phố", "place=city"), ("trên bầu trời thành phố", "place=city")),
    "paddy": (("trên cánh đồng lúa", "place=paddy"),),
    "pond": (("trên mặt ao", "place=pond"),),
    "terraces": (("trên ruộng bậc thang", "place=terraces"), ("trên núi", "place=terraces")),
    "oldtown": (("ở phố cổ", "place=oldtown"), ("trong phố cổ", "place=oldtown")),
}
# Broader words that a short caption may use, each with the fact it asserts.
BROADER: dict[str, tuple[str, ...]] = {"child": ("em bé", "trẻ em"), "hat": ("người đội nón lá",)}
