"""Child processes that never outlive their parent, however it ends."""

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable

# prctl(2): the signal that this process gets when its parent dies.
_PR_SET_PDEATHSIG = 1


def _ask_for_signal(number: int) -> None:
    """Have the kernel send ``number`` when the parent dies. Linux alone can; elsewhere nothing is asked."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)


def tie_to_parent(number: int = signal.SIGTERM) -> Callable[[], None]:
    """A ``preexec_fn`` for :class:`subprocess.Popen`: the child gets ``number`` when this process dies.

    Call it in the parent. It runs in the child after a change of user, which would undo the wish. On macOS the
    child may outlive a parent that was killed; whoever starts it again must look for leftovers.
    """
    parent = os.getpid()

    def tie() -> None:
        _ask_for_signal(number)
        # The parent may have died between fork and now, and then no signal comes.
        if os.getppid() != parent:
            os._exit(1)

    return tie


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """Called early in a worker that ``multiprocessing`` started: end when the parent was killed.

    Else workers of a killed server would keep its port, and the next server could not listen. Does nothing in a
    process that is not such a worker, so it is safe in an application factory.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    _ask_for_signal(number)
    if os.getppid() != parent.pid:
        raise SystemExit("the parent process is gone")
