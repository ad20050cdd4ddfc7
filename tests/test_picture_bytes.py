"""The file itself is kept wherever every reader shows it alike; the rest is packed anew."""

import io

import numpy as np
import pytest
from PIL import Image
from releases import draw

from phoclip_hf.data.intake.picture_bytes import keep_picture
from phoclip_hf.serving.photos import open_photo


def kept(data: bytes, max_side: int | None = None):
    made = keep_picture(data, open_photo, max_side)
    return made, Image.open(io.BytesIO(made.data))


def encoded(image: Image.Image, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "gif", "bmp", "tif"])
def test_a_plain_file_is_kept_byte_for_byte(tmp_path, ending):
    data = draw(tmp_path / f"1.{ending}", 1).read_bytes()
    made, _ = kept(data)
    assert (made.data, made.mend, made.has_place) == (data, None, False)


def test_equal_pixels_have_equal_digests(tmp_path):
    draw(tmp_path / "1.png", 1)
    draw(tmp_path / "same.bmp", 1)
    draw(tmp_path / "2.png", 2)
    one, same, two = (
        kept((tmp_path / name).read_bytes())[0].digest for name in ("1.png", "same.bmp", "2.png")
    )
    assert one == same != two


def test_transparency_is_laid_on_white_and_16_bits_become_8():
    clear = Image.new("RGBA", (20, 10), (0, 0, 0, 0))
    made, image = kept(encoded(clear, "PNG"))
    assert (made.mend, image.mode, image.getpixel((5, 5))) == ("laid_on_white", "RGB", (255,) * 3)
    deep = Image.fromarray(np.full((10, 20), 32768, dtype=np.uint16))
    made, image = kept(encoded(deep, "PNG"))
    assert (made.mend, image.getpixel((5, 5))) == ("laid_on_white", (128,) * 3)


def test_larger_pictures_are_made_smaller_and_stand_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    data = encoded(Image.new("RGB", (400, 200), "red"), "JPEG", exif=exif)
    made, image = kept(data, max_side=100)
    assert (made.mend, image.size, image.format) == ("made_smaller", (50, 100), "JPEG")
    assert kept(data, max_side=400)[0].data == data


def test_heic_becomes_jpeg():
    pillow_heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 32), "blue")).save(buffer)
    made, image = kept(buffer.getvalue())
    assert (made.mend, image.format, image.size) == ("other_format", "JPEG", (64, 32))


def test_a_picture_that_tells_its_place_is_noticed():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    data = encoded(Image.new("RGB", (20, 10)), "JPEG", exif=exif)
    assert kept(data)[0].has_place
    assert not kept(data, max_side=10)[0].has_place  # packed anew, without EXIF
