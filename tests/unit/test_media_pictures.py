"""Reference images: which are rejected, and what exactly the others become."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms, ImageOps
from PIL.ExifTags import GPS, IFD, Base

from bot.domain.errors import BadRequest
from bot.domain.media import Fit
from bot.media.picture.reading import read
from bot.media.picture.reference import fit
from bot.media.worker.message import WorkerMessage

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)
Colour = tuple[int, int, int]


def test_a_square_picture_is_cropped_at_both_sides_alike() -> None:
    image = Image.new("RGB", (120, 120), GREEN)
    image.paste(RED, (0, 0, 120, 20))
    image.paste(BLUE, (0, 100, 120, 120))

    result, note = fitted(png(image), "128x72")

    assert result.size == (128, 72)
    assert note == "cropped from 120x120 to 128x72"
    assert {near(result, place) for place in ((0, 0), (64, 36), (127, 71))} == {GREEN}


def test_a_padded_picture_is_shown_whole_on_a_blurred_copy_of_itself() -> None:
    image = Image.new("RGB", (100, 100), RED)
    image.paste(BLUE, (50, 0, 100, 100))

    result, note = fitted(png(image), "200x100", Fit.PAD)

    assert result.size == (200, 100)
    assert note == "fitted from 100x100 into 200x100 with blurred edges"
    assert [near(result, (x, 50)) for x in (10, 60, 140, 190)] == [RED, RED, BLUE, BLUE]


def test_a_picture_of_the_same_proportions_is_only_scaled() -> None:
    assert fitted(png(Image.new("RGB", (256, 144), RED)), "128x72")[1] == "scaled from 256x144 to 128x72"
    assert fitted(png(Image.new("RGB", (256, 144), RED)), "128x72", Fit.PAD)[1] == "scaled from 256x144 to 128x72"


def test_a_picture_of_the_right_size_keeps_every_pixel() -> None:
    image = Image.effect_noise((128, 72), 90).convert("RGB")

    result, note = fitted(png(image), "128x72")

    assert result.tobytes() == image.tobytes()
    assert note == "used as it is"


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    image = Image.new("RGB", (72, 128), GREEN)
    image.paste(RED, (0, 0, 72, 64))
    exif = Image.Exif()
    exif[Base.Orientation] = 6

    result, note = fitted(jpeg(image.transpose(Image.Transpose.ROTATE_90), exif=exif, quality=95), "72x128")

    assert note == "turned upright"
    assert near(result, (36, 20)) == RED
    assert near(result, (36, 108)) == GREEN


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_to_hold_a_camera_is_understood(orientation: int) -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    data = png(Image.effect_noise((96, 96), 90).convert("RGB"), exif=exif)

    result, _ = fitted(data, "96x96")

    assert result.tobytes() == ImageOps.exif_transpose(Image.open(io.BytesIO(data))).tobytes()


def test_a_damaged_exif_block_does_not_make_a_picture_useless() -> None:
    result, note = fitted(jpeg(Image.new("RGB", (128, 72), RED), exif=b"Exif\0\0not a TIFF block"), "128x72")

    assert (near(result, (5, 5)), note) == (RED, "used as it is")


def test_where_a_picture_was_taken_is_told_to_nobody() -> None:
    exif = Image.Exif()
    exif[Base.Make] = "SecretCam"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    data = jpeg(Image.new("RGB", (128, 72), RED), exif=exif, comment=b"SecretCam", icc_profile=srgb())
    assert data.count(b"SecretCam") == 2

    answer = asked(data, "128x72")

    assert chunks(answer.parts[0]) == ["IHDR", "IDAT", "IEND"]
    for part in answer.parts:
        clean = Image.open(io.BytesIO(part))
        assert b"SecretCam" not in part
        assert not clean.getexif()
        assert {"comment", "icc_profile", "exif"}.isdisjoint(clean.info)


def test_what_hides_behind_a_picture_does_not_get_through() -> None:
    data = jpeg(Image.new("RGB", (128, 72), RED)) + b"<script>alert(1)</script>PK\x03\x04"

    answer = asked(data, "128x72")

    assert all(b"script" not in part and b"PK\x03\x04" not in part for part in answer.parts)


def test_transparent_parts_become_white() -> None:
    image = Image.new("RGBA", (128, 72), (*RED, 0))
    image.paste((*BLUE, 255), (0, 0, 64, 72))

    result, note = fitted(png(image), "128x72")

    assert note == "transparent parts made white"
    assert [near(result, (x, 36)) for x in (10, 120)] == [BLUE, WHITE]


def test_a_transparent_picture_is_padded_without_its_backdrop_showing_through() -> None:
    image = Image.new("RGBA", (64, 64), (*BLACK, 0))
    image.paste((*RED, 255), (24, 24, 40, 40))

    result, note = fitted(png(image), "128x64", Fit.PAD)

    assert note == "fitted from 64x64 into 128x64 with blurred edges, transparent parts made white"
    assert near(result, (36, 4)) == WHITE
    assert near(result, (64, 32)) == RED


def test_an_alpha_channel_that_hides_nothing_is_not_worth_a_word() -> None:
    assert fitted(png(Image.new("RGBA", (128, 72), (*RED, 255))), "128x72")[1] == "used as it is"


def test_a_palette_with_a_transparent_colour_is_understood() -> None:
    image = Image.new("P", (128, 72), 0)
    image.putpalette([*BLUE, *RED])
    image.paste(1, (0, 0, 64, 72))

    result, _ = fitted(png(image, transparency=0), "128x72")

    assert [near(result, (x, 36)) for x in (10, 120)] == [RED, WHITE]


def test_sixteen_bit_greys_keep_their_brightness() -> None:
    result, _ = fitted(png(Image.new("I;16", (128, 72), 0x8000)), "128x72")

    assert result.getpixel((5, 5)) == (128, 128, 128)


def test_black_and_white_is_scaled_through_grey() -> None:
    image = Image.new("1", (256, 144), 0)
    for x in range(0, 256, 2):
        image.paste(1, (x, 0, x + 1, 144))

    result, _ = fitted(png(image), "128x72")

    grey = result.convert("L").getpixel((64, 36))
    assert isinstance(grey, int)
    assert 100 < grey < 156


def test_print_colours_become_screen_colours() -> None:
    result, _ = fitted(jpeg(Image.new("CMYK", (128, 72), (0, 255, 255, 0)), quality=95), "128x72")

    assert result.mode == "RGB"
    assert near(result, (5, 5)) == RED


def test_a_colour_profile_is_applied() -> None:
    plain = Image.new("RGB", (128, 72), (128, 128, 128))

    linear, _ = fitted(png(plain, icc_profile=gamma_one()), "128x72")
    broken, _ = fitted(png(plain, icc_profile=b"no profile at all"), "128x72")

    grey = linear.convert("L").getpixel((5, 5))
    assert isinstance(grey, int)
    assert 184 <= grey <= 192  # half the light is 188 of 255 in sRGB
    assert broken.getpixel((5, 5)) == (128, 128, 128)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (128, 72), colour) for colour in (RED, BLUE)]

    result, note = fitted(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100), "128x72")

    assert note == "first frame of an animation"
    assert near(result, (64, 36)) == RED


def test_a_photo_with_a_second_picture_behind_it_is_no_animation() -> None:
    photo = saved(Image.new("RGB", (128, 72), RED), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 64))])

    assert fitted(photo, "128x72")[1] == "used as it is"


def test_the_preview_is_small() -> None:
    preview = Image.open(io.BytesIO(asked(png(Image.new("RGB", (800, 800), RED)), "720x1280").parts[1]))

    assert (preview.format, preview.size) == ("JPEG", (180, 320))


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"<?xml version='1.0'?><svg/>", "an SVG drawing"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\0\0\0\x18ftypheic", "a HEIC photo"),
        (b"\0\0\0\x18ftypavif", "an AVIF image"),
        (b"\0\0\0\x18ftypisom", "a video"),
        (b"%PDF-1.7", "a PDF"),
        (b"BM\x46\0\0\0", "a BMP image"),
        (b"II*\0\x08\0\0\0", "a TIFF image"),
    ],
)
def test_other_kinds_of_files_are_called_by_their_names(data: bytes, name: str) -> None:
    assert refusal(data) == f"This is {name}, which can't be used. Send a JPEG, PNG, WebP or GIF instead. " + FREE


def test_what_is_no_picture_is_called_just_that() -> None:
    assert refusal(b"hello") == f"This isn't an image. Send a JPEG, PNG, WebP or GIF instead. {FREE}"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.1, 0.6, 0.95])
def test_a_picture_that_is_cut_off_is_refused(kind: str, share: float) -> None:
    data = saved(Image.effect_noise((200, 200), 90).convert("RGB"), kind)

    assert refusal(data[: int(len(data) * share)]) == DAMAGED


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_missing_last_byte_does_not_make_a_picture_useless(kind: str) -> None:
    data = saved(Image.linear_gradient("L").resize((128, 72)).convert("RGB"), kind)

    whole, _ = fitted(data, "128x72")

    assert fitted(data[:-1], "128x72")[0].tobytes() == whole.tobytes()


@pytest.mark.parametrize("progressive", [False, True])
def test_a_photo_without_the_marker_of_its_end_is_used(*, progressive: bool) -> None:
    data = jpeg(Image.effect_noise((128, 72), 90).convert("RGB"), progressive=progressive)

    whole, _ = fitted(data, "128x72")

    assert fitted(data[:-2], "128x72")[0].crop((0, 0, 128, 56)).tobytes() == whole.crop((0, 0, 128, 56)).tobytes()


@pytest.mark.parametrize("progressive", [False, True])
def test_a_photo_that_lacks_its_lower_half_is_not_filled_up(*, progressive: bool) -> None:
    data = jpeg(Image.effect_noise((200, 200), 90).convert("RGB"), progressive=progressive)

    assert refusal(data[: len(data) // 2]) == DAMAGED


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"tEXt"])
def test_a_workflow_written_into_a_picture_is_passed_over(name: bytes, *, late: bool) -> None:
    said = b'{"nodes": []}' * 200_000
    packed = {b"tEXt": said, b"zTXt": b"\0" + zlib.compress(said), b"iTXt": b"\1\0\0\0" + zlib.compress(said)}[name]
    data = with_chunk(png(Image.new("RGB", (128, 72), RED)), name, b"workflow\0" + packed, late=late)

    result, note = fitted(data, "128x72")

    assert (near(result, (5, 5)), note) == (RED, "used as it is")


def test_text_that_would_unpack_to_gigabytes_is_never_unpacked() -> None:
    packer = zlib.compressobj()
    bomb = b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(256)), packer.flush()])
    data = png(Image.new("RGB", (128, 72), RED))
    for name, start in ((b"zTXt", b"Raw profile type exif\0\0"), (b"iCCP", b"profile\0\0")):
        data = with_chunk(data, name, start + bomb)

    assert near(fitted(data, "128x72")[0], (5, 5)) == RED


def test_which_way_is_up_is_read_from_where_other_programs_write_it() -> None:
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    data = png(Image.new("RGB", (128, 72), RED))

    assert fitted(with_chunk(data, b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp), "72x128")[1] == "turned upright"


def test_a_large_colour_profile_is_applied() -> None:
    profile = bytearray(gamma_one()) + bytes(3 << 20)
    profile[:4] = struct.pack(">I", len(profile))
    data = png(Image.new("RGB", (128, 72), (128, 128, 128)), icc_profile=bytes(profile))

    grey = fitted(data, "128x72")[0].convert("L").getpixel((5, 5))

    assert isinstance(grey, int)
    assert 184 <= grey <= 192


def test_a_large_exif_block_is_no_trouble() -> None:
    exif = Image.Exif()
    exif[Base.Orientation], exif[Base.ImageDescription] = 6, "x" * (2 << 20)

    assert fitted(png(Image.new("RGB", (128, 72), RED), exif=exif), "72x128")[1] == "turned upright"


def test_a_photo_of_a_large_sensor_is_decoded_at_a_fraction() -> None:
    image = Image.new("L", (8064, 6048), 200)
    image.paste(20, (0, 0, 4032, 6048))
    exif = Image.Exif()
    exif[Base.Orientation] = 6

    reading = read(jpeg(image, exif=exif))

    assert (reading.size, reading.image.size) == ((6048, 8064), (3024, 4032))
    assert reading.image.getpixel((100, 100)) == 20
    assert reading.image.getpixel((100, 4000)) == 200


def test_a_photo_of_more_pixels_than_any_phone_takes_is_refused_by_its_header() -> None:
    data = bytearray(jpeg(Image.new("L", (64, 64))))
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", 20000, 20000)

    assert refusal(bytes(data)) == (
        f"The image is 20000x20000, 400 megapixels. The limit is 110. Send a smaller one. {FREE}"
    )


@pytest.mark.parametrize(
    "start", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP", b"GIF89a=1/*"]
)
def test_a_good_beginning_is_not_enough(start: bytes) -> None:
    assert refusal(start + b"<script>alert(1)</script>" * 20) == DAMAGED


def test_a_small_file_that_would_need_much_memory_is_refused_by_its_header() -> None:
    assert refusal(header_only(12000, 7000)) == (
        f"The image is 12000x7000, 84 megapixels. The limit is 25. Send a smaller one. {FREE}"
    )
    assert refusal(header_only(30000, 30000)) == (
        f"The image is 30000x30000, 900 megapixels. The limit is 25. Send a smaller one. {FREE}"
    )


def test_a_picture_of_few_pixels_is_refused() -> None:
    assert refusal(png(Image.new("RGB", (10, 10)))) == (
        f"The image is only 10x10. It needs at least 64 pixels on each side. Send a larger one. {FREE}"
    )
    assert refusal(png(Image.new("RGB", (640, 63)))).startswith("The image is only 640x63.")


def test_a_very_long_strip_still_comes_out_at_the_right_size() -> None:
    strip = png(Image.new("RGB", (64, 5000), RED))

    assert fitted(strip, "1280x720")[0].size == (1280, 720)
    assert fitted(strip, "1280x720", Fit.PAD)[0].size == (1280, 720)


FREE = "You weren't charged."
DAMAGED = f"The image is damaged or incomplete. Save it again and resend it. {FREE}"


def asked(data: bytes, size: str, how: Fit = Fit.CROP) -> WorkerMessage:
    return fit(WorkerMessage(head={"size": size, "how": how}, parts=(data,)))


def fitted(data: bytes, size: str, how: Fit = Fit.CROP) -> tuple[Image.Image, str]:
    answer = asked(data, size, how)
    image = Image.open(io.BytesIO(answer.parts[0]))
    assert (image.format, image.mode) == ("PNG", "RGB")
    return image, answer.head["note"]


def refusal(data: bytes) -> str:
    with pytest.raises(BadRequest) as refused:
        asked(data, "128x72")
    return refused.value.sentence


def near(image: Image.Image, place: tuple[int, int]) -> Colour | tuple[float, ...]:
    """The named colour closest to a pixel, or the pixel itself."""
    pixel = image.convert("RGB").getpixel(place)
    assert isinstance(pixel, tuple)
    close = (c for c in (RED, GREEN, BLUE, WHITE, BLACK) if all(abs(a - b) < 12 for a, b in zip(c, pixel, strict=True)))
    return next(close, pixel)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png(image: Image.Image, **options: object) -> bytes:
    return saved(image, "PNG", **options)


def jpeg(image: Image.Image, **options: object) -> bytes:
    return saved(image, "JPEG", **options)


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def gamma_one() -> bytes:
    """The sRGB profile with its three curves emptied, so that half the value means half the light."""
    profile = bytearray(srgb())
    (count,) = struct.unpack_from(">I", profile, 128)
    for entry in range(count):
        tag, offset, _ = struct.unpack_from(">4sII", profile, 132 + 12 * entry)
        if tag in {b"rTRC", b"gTRC", b"bTRC"}:
            profile[offset : offset + 12] = b"curv" + bytes(8)
    return bytes(profile)


def with_chunk(data: bytes, name: bytes, content: bytes, *, late: bool = False) -> bytes:
    """A PNG with one more chunk, after its header or, if `late`, after its pixels."""
    place = data.index(b"IEND") - 4 if late else 33
    chunk = struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return data[:place] + chunk + data[place:]


def header_only(width: int, height: int) -> bytes:
    """A PNG with one bit per pixel that claims to be large; its decoded content doesn't matter."""
    pieces = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(1000))),
        (b"IEND", b""),
    ]
    packed = [struct.pack(">I", len(c)) + n + c + struct.pack(">I", zlib.crc32(n + c)) for n, c in pieces]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def chunks(data: bytes) -> list[str]:
    """The types of a PNG's chunks, each once."""
    names, place = [], 8
    while place < len(data):
        length, name = struct.unpack_from(">I4s", data, place)
        names.append(name.decode())
        place += 12 + length
    return list(dict.fromkeys(names))
