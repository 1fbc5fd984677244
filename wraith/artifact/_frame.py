"""The zstd frame of an archive: judged by its headers before anything is unpacked, then read in bounded
pieces.

A frame can say anything about itself, so what it says is only a limit: more than that is never unpacked.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from wraith.artifact._archive import MAX_BYTES, MAX_WINDOW_BYTES
from wraith.artifact._manifest import REFUSED
from wraith.errors import InputError

if TYPE_CHECKING:
    from zstandard import ZstdDecompressionReader

_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_HEADER_BYTES: Final = 18
_BLOCK_HEADER_BYTES: Final = 3
_CHECKSUM_BYTES: Final = 4
_RLE: Final = 1


class Frame:
    """The tar inside of an archive, read from front to back. Raises InputError for what is no archive."""

    def __init__(self, data: bytes, where: Path | str) -> None:
        self._where = where
        self.size_bytes = self._judge(data)
        self._reader = self._open(data)

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer at the end."""
        import zstandard

        parts = []
        try:
            while size and (part := self._reader.read(size)):
                parts.append(part)
                size -= len(part)
        except zstandard.ZstdError as error:
            raise self._refusal(f"its compression is broken: {error}") from None
        return b"".join(parts)

    def _open(self, data: bytes) -> ZstdDecompressionReader:
        import zstandard

        return zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES).stream_reader(data)

    def _judge(self, data: bytes) -> int:
        """Return how much the frame says it unpacks to."""
        import zstandard

        head = data[:_HEADER_BYTES]
        try:
            facts = zstandard.get_frame_parameters(head)
            header_bytes = zstandard.frame_header_size(head)
        except zstandard.ZstdError:
            facts = None
        if facts is None or not head.startswith(_MAGIC):
            raise self._refusal("not an artifact: it is no zstd archive")
        if facts.content_size == zstandard.CONTENTSIZE_UNKNOWN or not facts.has_checksum or facts.dict_id:
            raise self._refusal("not an artifact: another kind of zstd frame than wraith pack writes")
        if facts.content_size > MAX_BYTES or facts.window_size > MAX_WINDOW_BYTES:
            raise self._refusal(f"larger than an artifact may be: it unpacks to {facts.content_size} bytes")
        self._count_blocks(data, header_bytes)
        return facts.content_size

    def _count_blocks(self, data: bytes, at: int) -> None:
        """Go from block to block, and refuse what stands behind the last one."""
        last = False
        while not last:
            bits = int.from_bytes(data[at : at + _BLOCK_HEADER_BYTES], "little")
            last, kind, size = bool(bits & 1), bits >> 1 & 3, bits >> 3
            at += _BLOCK_HEADER_BYTES + (1 if kind == _RLE else size)
            if at > len(data):
                raise self._refusal("it is cut short")
        end = at + _CHECKSUM_BYTES
        if len(data) != end:
            raise self._refusal("it is cut short" if len(data) < end else "something stands behind its end")

    def _refusal(self, message: str) -> InputError:
        return InputError(message, where=self._where, hint=REFUSED)
