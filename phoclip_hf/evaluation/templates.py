"""Vietnamese prompt templates for zero-shot classification, and how a label is put into one.

A prompt says what a photo of the label may be called; averaging over many ways of saying it
steadies the class (Radford et al. 2021, 3.1.4). The set varies the word for photo, the wording, the
viewpoint, the quality and the purpose; none adds a thing, a place or a number that the label does
not hold. Each reads well with a noun («con mèo») and with an activity («bóng đá»).
"""

from collections.abc import Iterable, Sequence

TEMPLATES = (
    # What it is called
    "{}",
    "ảnh {}",
    "ảnh chụp {}",
    "hình chụp {}",
    "hình ảnh {}",
    "một bức ảnh {}",
    "một bức ảnh chụp {}",
    "một tấm ảnh chụp {}",
    "một tấm hình chụp {}",
    "một bức hình chụp {}",
    # What it is about
    "ảnh về {}",
    "hình ảnh về {}",
    "một bức ảnh về {}",
    "một tấm hình về {}",
    "chủ đề của bức ảnh là {}",
    "nội dung bức ảnh là {}",
    # What is to be seen
    "ảnh có {}",
    "một bức ảnh có {}",
    "trong ảnh có {}",
    "trong hình có {}",
    "trong bức ảnh này có {}",
    "có thể thấy {} trong ảnh",
    "bức ảnh cho thấy {}",
    "bức ảnh này chụp {}",
    "bức ảnh ghi lại hình ảnh {}",
    "đây là {}",
    "đây là ảnh {}",
    "đây là hình ảnh của {}",
    "đây là một bức ảnh chụp {}",
    # From where it was taken
    "ảnh cận cảnh {}",
    "một bức ảnh chụp cận cảnh {}",
    "ảnh toàn cảnh {}",
    "ảnh chụp {} từ xa",
    "ảnh chụp {} từ trên cao",
    "ảnh chụp {} từ góc thấp",
    "ảnh chụp {} từ phía trước",
    "ảnh chụp {} ở giữa khung hình",
    # How good it is
    "một bức ảnh đẹp chụp {}",
    "một bức ảnh rõ nét chụp {}",
    "một bức ảnh chất lượng cao chụp {}",
    "một bức ảnh hơi mờ chụp {}",
    "một bức ảnh thiếu sáng chụp {}",
    "ảnh độ phân giải thấp chụp {}",
    "ảnh màu chụp {}",
    "ảnh đen trắng chụp {}",
    # How and what for it was taken
    "ảnh chụp {} bằng điện thoại",
    "ảnh chụp nhanh {}",
    "ảnh chụp thực tế {}",
    "ảnh nghệ thuật chụp {}",
    "ảnh báo chí về {}",
    "ảnh tư liệu về {}",
    "ảnh minh họa {}",
)


def fill_templates(templates: Sequence[str], name: str) -> list[str]:
    """Return one prompt a template, `{}` replaced by the class's name and nothing else read."""
    return [template.replace("{}", name) for template in templates]


def read_templates(lines: Iterable[str]) -> list[str]:
    """Return the templates of a file, one a line; blank lines are left out, doubles too.

    ValueError names the first line that does not hold `{}` exactly once, or says that none is left.
    """
    templates: dict[str, None] = {}
    for number, line in enumerate(lines, start=1):
        template = " ".join(line.split())
        if not template:
            continue
        if template.count("{}") != 1:
            raise ValueError(
                f"line {number} is {template!r}; expected {{}} once, where the label goes"
            )
        templates[template] = None
    if not templates:
        raise ValueError("no template was given; expected one a line, such as 'ảnh chụp {}'")
    return list(templates)
