"""The memory of our own process, given back to the system once it is free."""

import contextlib
import gc
import sys

_M_MMAP_THRESHOLD = -3  # malloc.h of glibc
_LARGE = 128 * 1024  # bytes; what glibc begins with


def give_back_large_blocks() -> None:
    """Keep blocks of 128 KiB and more out of the heap on Linux, so that freed ones go back.

    glibc does so too, until the first large block is freed: a key derivation's 64 MiB. After
    that it takes all blocks up to 32 MiB from the heap (mallopt(3)), where whatever is
    allocated behind one pins it: with each lock and unlock, and each screenful that is
    drawn, the program would grow a little. Setting the limit ends that.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back_free_memory() -> None:
    """Let go of whatever only refers to itself, and on Linux give free pages to the system.

    Done when much was let go of: until then glibc keeps what lies below a block in use, and with
    it whatever was written there (malloc_trim(3)). Takes some 50 ms.
    """
    gc.collect()
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
