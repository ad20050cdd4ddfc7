"""The Vietnamese words of the drawn scenes: colours, numbers, places, hours."""

from __future__ import annotations

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
    "blue": ("xanh dương", "xanh nước biển", "xanh lam"),
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
    "tennis": (("trên sân", "ground=court"), ("trên sân quần vợt", "place=tennis")),
    "basketball": (("trên sân", "ground=court"), ("trên sân bóng rổ", "place=basketball")),
    "baseball": (("trên sân", "ground=court"), ("trên sân bóng chày", "place=baseball")),
}  # fmt: skip

# hour or weather -> phrases that end a caption, each with the fact it asserts.
HOURS: dict[str, tuple[tuple[str, str], ...]] = {
    "day": (("dưới bầu trời xanh", "hour=day"), ("vào một ngày đẹp trời", "hour=day")),
    "sunset": (("lúc hoàng hôn", "hour=sunset"), ("vào buổi hoàng hôn", "hour=sunset"),
               ("khi mặt trời lặn", "hour=sunset"), ("vào lúc chiều tà", "hour=sunset")),
    "night": (("vào ban đêm", "hour=night"), ("trong đêm", "hour=night"),
              ("dưới ánh trăng", "hour=night")),
    "rain": (("dưới trời mưa", "hour=rain"), ("trong cơn mưa", "hour=rain"),
             ("khi trời mưa", "hour=rain")),
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
UNDER: dict[str, tuple[str, ...]] = {
    "tree": ("dưới gốc cây", "dưới bóng cây", "dưới tán cây"),
    "palm": ("dưới gốc dừa", "dưới bóng dừa", "dưới gốc cây dừa"),
}
RELATIONS: dict[str, tuple[str, ...]] = {
    "left": ("bên trái", "ở bên trái", "phía bên trái"),
    "right": ("bên phải", "ở bên phải", "phía bên phải"),
    "beside": ("cạnh", "bên cạnh", "gần"),
    "front": ("trước", "phía trước", "ở phía trước"),
    "above": ("phía trên", "bên trên", "ở phía trên"),
}
# hour -> words that open a caption of the scenery alone: "hoàng hôn trên sông".
SCENERY: dict[str, tuple[str, ...]] = {
    "sunset": ("hoàng hôn", "cảnh hoàng hôn", "mặt trời lặn"),
    "night": ("đêm trăng", "cảnh ban đêm"),
    "rain": ("trời mưa", "cảnh mưa", "mưa rơi"),
}
