"""A photo from a stranger comes out upright, RGB and small, or as an error with the right key."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from phoclip_hf.serving.errors import PhotoError
from phoclip_hf.serving.photos import open_photo, thumbnail_bytes


def encoded(image: Image.Image, format: str, **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def halves(size=(40, 20), left="red", right="blue") -> Image.Image:
    image = Image.new("RGB", size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    return image


def is_close(pixel, expected, tolerance=12) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, expected, strict=True))


def key_of(source, **options) -> str:
    with pytest.raises(PhotoError) as caught:
        open_photo(source, **options)
    return caught.value.key


# Where the top left pixel of the stored picture belongs in the upright one: (right?, bottom?).
@pytest.mark.parametrize(
    "orientation, size, right, bottom",
    [
        (1, (40, 20), False, False),
        (2, (40, 20), True, False),
        (3, (40, 20), True, True),
        (4, (40, 20), False, True),
        (5, (20, 40), False, False),
        (6, (20, 40), True, False),
        (7, (20, 40), True, True),
        (8, (20, 40), False, True),
    ],
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_exif_orientation_comes_out_upright(format, orientation, size, right, bottom):
    stored = Image.new("RGB", (40, 20), "white")
    stored.paste("black", (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = open_photo(encoded(stored, format, exif=exif))
    assert photo.size == size
    corner = (size[0] - 2 if right else 1, size[1] - 2 if bottom else 1)
    assert is_close(photo.getpixel(corner), (0, 0, 0))
    assert is_close(photo.getpixel((size[0] - 1 - corner[0], size[1] - 1 - corner[1])), (255,) * 3)


def test_cmyk_jpeg_keeps_its_colours():
    photo = open_photo(encoded(halves().convert("CMYK"), "JPEG", quality=95))
    assert photo.mode == "RGB"
    assert is_close(photo.getpixel((5, 5)), (255, 0, 0), 25)


def test_sixteen_bit_grey_is_scaled_not_clipped():
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, axis=0)
    grey = np.asarray(open_photo(encoded(Image.fromarray(ramp), "PNG")))[0, :, 0]
    assert grey[0] == 0 and grey[-1] == 255 and abs(int(grey[128]) - 128) <= 1
    assert len(np.unique(grey)) == 256


def test_float_pixels_between_zero_and_one_are_stretched():
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[None].repeat(4, axis=0)
    grey = np.asarray(open_photo(encoded(Image.fromarray(ramp), "TIFF")))[0, :, 0]
    assert grey[0] == 0 and grey[-1] == 255


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_transparency_lies_on_white(format):
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert open_photo(encoded(image, format)).getpixel((4, 4)) == (255, 255, 255)


def test_transparent_palette_lies_on_white():
    image = Image.new("P", (8, 8), 0)
    image.putpalette([0, 0, 0, 255, 0, 0])
    assert open_photo(encoded(image, "PNG", transparency=0)).getpixel((4, 4)) == (255, 255, 255)


def test_first_frame_of_an_animation():
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert open_photo(data).getpixel((4, 4)) == (255, 0, 0)


def test_heic_opens_where_pillow_heif_is_installed():
    heif = pytest.importorskip("pillow_heif")
    heif.register_heif_opener()
    photo = open_photo(encoded(halves((64, 64)), "HEIF"))
    assert photo.size == (64, 64)
    assert is_close(photo.getpixel((10, 32)), (255, 0, 0), 30)


def test_twelve_by_nine_thousand_pixels_open_small():
    data = encoded(Image.new("L", (12000, 9000), 128), "JPEG", quality=30)
    photo = open_photo(data)
    assert photo.size == (2048, 1536)


def test_a_png_that_cannot_be_reduced_on_load_is_refused_by_its_header():
    header = encoded(Image.new("1", (12000, 9000)), "PNG")
    with pytest.raises(PhotoError) as caught:
        open_photo(header)
    assert caught.value.key == "photo_too_large"
    assert caught.value.values == {"width": 12000, "height": 9000, "megapixels": 50}


def test_decompression_bomb_is_refused_by_its_header(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert key_of(encoded(Image.new("L", (100, 100)), "PNG")) == "photo_too_large"


@pytest.mark.parametrize(
    "data, key",
    [
        (None, "photo_missing"),
        (b"", "photo_unknown"),
        ("đây là văn bản".encode(), "photo_unknown"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "photo_unknown"),
        (encoded(Image.effect_noise((64, 64), 90), "JPEG")[:900], "photo_damaged"),
        (encoded(Image.effect_noise((64, 64), 90), "PNG")[:900], "photo_damaged"),
    ],
)
def test_what_is_not_a_photo_says_so(data, key):
    assert key_of(data) == key


def test_text_file_named_jpg(tmp_path):
    path = tmp_path / "ảnh.jpg"
    path.write_text("không phải ảnh")
    assert key_of(path) == "photo_unknown"


def test_heic_without_pillow_heif_names_the_package(monkeypatch):
    monkeypatch.setattr("phoclip_hf.serving.photos._formats", lambda: ("JPEG",))
    assert key_of(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00") == "photo_heic"


def test_thumbnail_carries_no_metadata():
    exif = Image.Exif()
    exif[0x010E] = "nhà của tôi"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(halves((600, 300)), "JPEG", exif=exif, comment=b"secret", icc_profile=profile)
    stored = thumbnail_bytes(Image.open(io.BytesIO(data)))
    thumbnail = Image.open(io.BytesIO(stored))
    assert thumbnail.size == (256, 128)
    assert not thumbnail.getexif()
    assert not {"exif", "comment", "icc_profile", "xmp"} & thumbnail.info.keys()
    assert b"secret" not in stored
