"""Buffer views that EXT_meshopt_compression has packed, by the library that the extra `packed` installs."""

from __future__ import annotations

from importlib.util import find_spec

NAMES = ("EXT_meshopt_compression", "KHR_meshopt_compression")       # the second is the first with newer codecs
MOST_BYTES = 1 << 29                      # of one view once it is unpacked


def readable() -> bool:
    return find_spec("meshopt") is not None


def packed(view: dict) -> dict | None:
    """What a buffer view says of its packing; None where it is plain."""
    extensions = view.get("extensions") or {}
    return next((extensions[name] for name in NAMES if name in extensions), None)


def needed(tree: dict) -> set[str]:
    """The names under which a file cannot do without it: it says so, or its plain buffers are left out."""
    said = set(tree.get("extensionsRequired") or ()) & set(NAMES)
    hollow = any("uri" not in buffer and any((buffer.get("extensions") or {}).get(name, {}).get("fallback")
                                             for name in NAMES) for buffer in tree.get("buffers") or ())
    return said or (set(tree.get("extensionsUsed") or ()) & set(NAMES) if hollow else set())


def unpacked(said: dict, data: bytes) -> bytes:
    """The plain view. Raises ValueError for broken data."""
    import meshopt
    count, stride = int(said["count"]), int(said["byteStride"])
    if not 0 < count * stride <= MOST_BYTES:
        raise ValueError(f"meshopt: {count} rows of {stride} bytes")
    try:
        return meshopt.decode_gltf_buffer(data, count, stride, said["mode"], said.get("filter", "NONE")).tobytes()
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"meshopt: {error}") from None
