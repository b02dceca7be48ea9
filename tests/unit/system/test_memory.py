"""What is freed goes back to the system, also after a first large block."""

import subprocess
import sys

import pytest

# A large block comes and goes, as in a key derivation; is the next one outside the heap?
SCRIPT = """
import ctypes, sys
from watchword.system.memory import keep_heap_small
class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in
                "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost".split()]
library = ctypes.CDLL(None)
library.mallinfo2.restype = Info
library.malloc.restype = ctypes.c_void_p
library.malloc.argtypes = [ctypes.c_size_t]
library.free.argtypes = [ctypes.c_void_p]
if sys.argv[1] == "asked":
    keep_heap_small()
library.free(library.malloc(8 << 20))
before = library.mallinfo2().hblkhd
library.malloc(1 << 20)
print(library.mallinfo2().hblkhd - before >= 1 << 20)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the heap of glibc")
@pytest.mark.parametrize(("asked", "outside"), [("asked", "True"), ("not", "False")])
def test_a_block_after_a_large_one_lies_outside_the_heap(asked: str, outside: str) -> None:
    command = [sys.executable, "-c", SCRIPT, asked]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == outside


FREED = """
import gc
from pathlib import Path
from watchword.system.memory import give_back_free_memory
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
class Ring:
    def __init__(self):
        self.me, self.texts = self, [bytearray(2000) for _ in range(20_000)]
gc.disable()
ring, last = Ring(), bytearray(2000)  # what lies behind it pins the heap
del ring
before = resident()
give_back_free_memory()
print(before - resident() > 30_000_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the heap of glibc")
def test_what_only_refers_to_itself_goes_back_to_the_system() -> None:
    command = [sys.executable, "-c", FREED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "True"
