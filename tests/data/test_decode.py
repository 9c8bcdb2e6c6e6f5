"""Whatever a file holds, the outcome is upright RGB pixels or a sentence."""

from __future__ import annotations

import io
import os
import re
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from mild.data.images import decode as decode_module
from mild.data.images.decode import decode, fit
from mild.errors import DataError
from mild.visible import printable


def _sentence(path: Path, **options: Any) -> str:
    with pytest.raises(DataError) as error:
        decode(str(path), **options)
    return str(error.value)


@pytest.mark.parametrize(
    ("mode", "colour", "suffix", "expected"),
    [
        ("RGB", (10, 20, 30), ".png", (10, 20, 30)),
        ("L", 77, ".png", (77, 77, 77)),
        ("1", 1, ".png", (255, 255, 255)),
        ("P", 0, ".gif", (0, 0, 0)),
        ("CMYK", (0, 255, 255, 0), ".tif", (255, 0, 0)),
        ("RGBA", (10, 20, 30, 255), ".png", (10, 20, 30)),
        ("RGBA", (10, 20, 30, 0), ".png", (255, 255, 255)),
        ("LA", (0, 0), ".png", (255, 255, 255)),
        ("I;16", 77 * 256 + 5, ".png", (77, 77, 77)),
        ("I", 0xFFFF, ".tif", (255, 255, 255)),
    ],
)
def test_every_colour_mode_becomes_rgb_with_transparency_over_white(
    tmp_path: Path,
    save: Callable[..., Path],
    mode: str,
    colour: int | tuple[int, int, int, int] | tuple[int, int, int] | tuple[int, int],
    suffix: str,
    expected: tuple[int, int, int],
) -> None:
    pixels = decode(str(save(tmp_path / f"image{suffix}", colour, (4, 3), mode)))
    assert pixels.shape == (3, 4, 3)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, np.broadcast_to(expected, (3, 4, 3)))


def test_a_half_transparent_pixel_mixes_with_white(
    tmp_path: Path, save: Callable[..., Path]
) -> None:
    pixels = decode(str(save(tmp_path / "a.png", (0, 0, 0, 128), mode="RGBA")))
    assert abs(int(pixels[0, 0, 0]) - 127) <= 1


def test_a_transparent_palette_entry_becomes_white(tmp_path: Path) -> None:
    image = Image.new("P", (4, 4), 0)
    image.putpalette([9, 9, 9, 0, 0, 0])
    image.save(tmp_path / "a.png", transparency=bytes([0, 255]))
    assert decode(str(tmp_path / "a.png")).min() == 255


def test_the_first_frame_of_an_animation_is_taken(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(decode(str(tmp_path / "a.gif"))[0, 0], (255, 0, 0))


def test_an_image_is_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    image = Image.new("RGB", (6, 4), "black")
    image.putpixel((5, 0), (255, 255, 255))
    turned = Image.Exif()
    turned[0x0112] = 6  # to be shown a quarter turn clockwise
    image.save(tmp_path / "a.png", exif=turned)
    pixels = decode(str(tmp_path / "a.png"))
    assert pixels.shape == (6, 4, 3)
    assert pixels[5, 3].tolist() == [255, 255, 255]


def test_resizing_keeps_the_centre_square_of_a_wide_image(tmp_path: Path) -> None:
    image = Image.new("RGB", (90, 30), "red")
    image.paste("blue", (30, 0, 60, 30))
    image.save(tmp_path / "a.png")
    pixels = decode(str(tmp_path / "a.png"), (10, 10))
    assert pixels.shape == (10, 10, 3)
    assert (pixels[:, 1:-1] == (0, 0, 255)).all()


def test_a_jpeg_decoded_at_a_fraction_of_its_size_looks_like_one_decoded_whole(
    tmp_path: Path,
) -> None:
    ramp = np.linspace(0, 255, 512).astype(np.uint8)
    whole = Image.fromarray(np.stack([np.broadcast_to(ramp, (512, 512))] * 3, axis=2))
    whole.save(tmp_path / "a.jpg", quality=95)
    small = decode(str(tmp_path / "a.jpg"), (32, 32)).astype(int)
    expected = np.asarray(whole.resize((32, 32), Image.Resampling.BICUBIC)).astype(int)
    assert np.abs(small - expected).max() <= 4


def test_a_file_that_is_no_image_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("not an image")
    assert _sentence(tmp_path / "notes.jpg", name="cat/notes.jpg") == (
        "cat/notes.jpg: cannot be read as an image (no known format)."
    )


def test_a_truncated_image_is_named_with_the_reason(
    tmp_path: Path, save: Callable[..., Path]
) -> None:
    whole = save(tmp_path / "a.jpg", size=(64, 64)).read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    assert _sentence(tmp_path / "cut.jpg", name="cut.jpg").startswith(
        "cut.jpg: cannot be read as an image ("
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert _sentence(tmp_path / "gone.png", name="gone.png") == (
        "gone.png: cannot be read as an image (no such file or directory)."
    )


def test_a_pipe_named_like_an_image_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert _sentence(tmp_path / "pipe.png", name="pipe.png") == (
        "pipe.png: is not a regular file, so it was passed over."
    )


def test_a_decompression_bomb_is_passed_over_before_it_is_unpacked(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("1", (1, 1)).save(data, "png")
    bomb = bytearray(data.getvalue())
    bomb[16:24] = (50_000).to_bytes(4, "big") * 2
    bomb[29:33] = _crc(bytes(bomb[12:29]))
    (tmp_path / "bomb.png").write_bytes(bomb)
    assert _sentence(tmp_path / "bomb.png", name="bomb.png") == (
        "bomb.png: has more than 89,478,485 pixels, so it was passed over. Make it smaller."
    )


def test_an_image_just_above_the_limit_is_passed_over_too(
    tmp_path: Path, save: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode_module, "MAX_PIXELS", 63)
    assert "has more than 63 pixels" in _sentence(save(tmp_path / "a.png"))


def test_pixels_of_unknown_range_are_passed_over(tmp_path: Path, save: Callable[..., Path]) -> None:
    save(tmp_path / "a.tif", 0.5, mode="F")
    assert _sentence(tmp_path / "a.tif", name="a.tif") == (
        "a.tif: has pixels of more than 16 bits, whose range is not known, so it was passed over. "
        "Save it with 8 or 16 bits."
    )


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow's remarks on the damage
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".gif", ".bmp", ".tif", ".webp", ".ppm"])
def test_damage_anywhere_in_a_file_gives_pixels_or_a_sentence(
    tmp_path: Path, save: Callable[..., Path], suffix: str
) -> None:
    whole = save(tmp_path / f"a{suffix}", size=(16, 16)).read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(whole)
        for position in generator.integers(0, len(whole), size=3):
            damaged[position] = generator.integers(0, 256)
        (tmp_path / "damaged").write_bytes(damaged)
        try:
            pixels = decode(str(tmp_path / "damaged"), (8, 8))
        except DataError:
            continue
        assert pixels.shape == (8, 8, 3)


def test_compressed_text_in_a_png_cannot_fill_the_memory(tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("comment", "x" * 10_000_000, zip=True)
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png", pnginfo=info)
    assert _sentence(tmp_path / "a.png").endswith(").")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cat/plain name.png", "cat/plain name.png"),
        ("chat été 猫.png", "chat été 猫.png"),
        ("a\nb.png", r"a\nb.png"),
        ("<script>alert(1)</script>.png", "<script>alert(1)</script>.png"),
        (os.fsdecode(b"caf\xe9.png"), r"caf\xe9.png"),
        ("back\\slash\x1b.png", r"back\\slash\x1b.png"),
    ],
)
def test_a_name_is_shown_on_one_line_of_valid_text(name: str, shown: str) -> None:
    assert printable(name) == shown
    printable(name).encode("utf-8")


def test_postscript_in_disguise_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 4 4\nshowpage\n")
    assert _sentence(tmp_path / "a.jpg", name="a.jpg") == (
        "a.jpg: cannot be read as an image (no known format)."
    )


def test_sixteen_bits_per_colour_become_eight(tmp_path: Path) -> None:
    pixels = np.full((3, 4, 3), 0x4D05, dtype=">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = (4).to_bytes(4, "big") + (3).to_bytes(4, "big") + bytes([16, 2, 0, 0, 0])
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    file = b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + _crc(kind + data) for kind, data in chunks
    )
    (tmp_path / "a.png").write_bytes(file)
    assert (decode(str(tmp_path / "a.png")) == 0x4D).all()


def test_pixels_may_be_written_to(tmp_path: Path, save: Callable[..., Path]) -> None:
    decode(str(save(tmp_path / "a.png")))[0, 0] = 0


def _crc(chunk: bytes) -> bytes:
    return zlib.crc32(chunk).to_bytes(4, "big")


def test_images_of_any_proportions_are_cut_to_a_square_without_a_rounding_error() -> None:
    for width, height in ((246, 239), (305, 246), *((200 + 7 * i, 301 - i) for i in range(100))):
        assert fit(Image.new("RGB", (width, height)), (224, 224)).size == (224, 224)


def test_a_progressive_image_with_scans_without_end_is_passed_over(
    tmp_path: Path, save: Callable[..., Path]
) -> None:
    whole = save(tmp_path / "a.jpg", size=(64, 64), progressive=True).read_bytes()
    assert decode(str(tmp_path / "a.jpg")).shape == (64, 64, 3)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    (tmp_path / "a.jpg").write_bytes(whole[:-2] + 200 * last + whole[-2:])
    assert re.match(
        r"a\.jpg: is a JPEG of 2\d\d scans, where ten are usual",
        _sentence(tmp_path / "a.jpg", name="a.jpg"),
    )


def test_large_images_are_decoded_one_after_the_other(
    tmp_path: Path, save: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(save(tmp_path / "a.png"))
    with decode_module._one_large, ThreadPoolExecutor(1) as pool:
        decode(path)  # small ones wait for nobody
        monkeypatch.setattr(decode_module, "LARGE_PIXELS", 4)
        large = pool.submit(decode, path)
        assert not wait([large], timeout=0.1).done
        decode_module._one_large.release()
        assert large.result(timeout=10).shape
        decode_module._one_large.acquire()


def test_the_size_of_an_image_is_read_without_its_pixels(tmp_path: Path) -> None:
    data = io.BytesIO()
    noise = np.random.default_rng(0).integers(256, size=(40, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(data, "png")
    (tmp_path / "a.png").write_bytes(data.getvalue()[:500])  # to read further would be an error
    assert decode_module.size_of(str(tmp_path / "a.png")) == (60, 40)
