"""The memory of our own process, given back to the system once it is free."""

import contextlib
import gc
import sys

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8  # malloc.h of glibc
_LARGE = 128 * 1024  # bytes; what glibc begins with


def keep_heap_small() -> None:
    """On Linux keep blocks of 128 KiB and more out of the heap, so that freed ones go back.

    glibc does so too, until the first large block is freed: a key derivation's 64 MiB. After
    that it takes all blocks up to 32 MiB from the heap (mallopt(3)), where whatever is
    allocated behind one pins it: with each lock and unlock, and each screenful that is
    drawn, the program would grow a little. Setting the limit ends that. And there is one heap,
    not one for each thread, in which nobody else finds what is free.
    """
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):  # another C library
            library = ctypes.CDLL(None)
            library.mallopt(_M_MMAP_THRESHOLD, _LARGE)
            library.mallopt(_M_ARENA_MAX, 1)


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
