"""What reading a damaged zip can raise: nobody who opens one wants to know which of these it was."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

# The standard library documents BadZipFile alone; NotImplementedError, a password asked for (both RuntimeError) and
# names that are no text (ValueError) come from its headers, the others from its decompressors.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, RuntimeError, ValueError)
