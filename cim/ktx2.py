"""KTX2 textures packed by Basis Universal (ETC1S, UASTC), by the library that the extra `packed` installs."""

from __future__ import annotations

from importlib.util import find_spec

MAGIC = b"\xabKTX 20\xbb\r\n\x1a\n"


def readable() -> bool:
    return find_spec("opengl_basisu") is not None


def size_of(data: bytes) -> tuple[int, int]:
    """Width and height as the header says. Raises ValueError for one that is cut short."""
    if len(data) < 28:
        raise ValueError("a KTX2 file cut short")
    return int.from_bytes(data[20:24], "little"), int.from_bytes(data[24:28], "little")


def image_of(data: bytes, width: int, height: int):
    """The coarsest level that is at least so large, as a picture of Pillow. Raises ValueError for broken data and for
    other kinds of KTX2."""
    import opengl_basisu
    from PIL import Image
    texture = opengl_basisu.Texture(data)
    sizes = [texture.level_size(level) for level in range(texture.levels)]
    level = max((n for n, (w, h) in enumerate(sizes) if w >= width and h >= height), default=0)
    return Image.fromarray(texture.transcode(opengl_basisu.Target.RGBA8, level).data)
