"""Run programs while somebody writes them: each in a copy, by a fork, of a process that imported what takes seconds.

That process has computed nothing and has not imported the library, so that a program meets the library as it is saved,
and no other program. Where the system can't fork so, every program gets a fresh process. Started as a module, this file
is the process that forks.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from lowerbound_site.evidence.run import CAN_FORK, Run, environment_for, fields, import_what_is_slow, run_warm


class Forks:
    """Runs programs, several at once if asked from several threads, until it is closed."""

    def __init__(self, python_path: Path) -> None:
        """Begin to import; nobody waits for that before the first program. `python_path` has the library."""
        self.python_path = python_path
        self.running: dict[str, set[int]] = {}
        self.stopped = Counter[str]()
        self.starting = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None
        self.control: socket.socket | None = None
        self._way()

    def run(self, name: str, source: str) -> Run:
        """What a program does."""
        if (control := self._way()) is None:
            return run_warm({name: source}, python_path=self.python_path)[name]
        said, stopped = "", self.stopped[name]
        ours, theirs = socket.socketpair()
        with ours, theirs, ours.makefile("rw", encoding="utf-8") as line, contextlib.suppress(OSError):
            line.write(json.dumps([name, source]) + "\n")
            line.flush()
            socket.send_fds(control, [b"."], [theirs.fileno()])
            theirs.close()
            if process := int(line.readline() or 0):
                self.running.setdefault(name, set()).add(process)
                if self.stopped[name] > stopped:  # before it had begun
                    os.kill(process, signal.SIGKILL)
                said = line.read()
                self.running[name].discard(process)
        return Run.told(json.loads(said)) if said else Run("", error=f"{name}.py: its process ended and said nothing")

    def stop(self, name: str) -> None:
        """End what runs under this name: nobody wants to know any more."""
        self.stopped[name] += 1
        for process in list(self.running.get(name, ())):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def close(self) -> None:
        """End everything."""
        with self.starting:
            if self.process:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            if self.control:
                self.control.close()

    def _way(self) -> socket.socket | None:
        """The way to the process that forks, started anew where it has ended; None where there can't be one."""
        if not CAN_FORK:
            return None
        with self.starting:
            if self.process is None or self.process.poll() is not None:
                if self.control:
                    self.control.close()
                self.control, theirs = socket.socketpair()
                with theirs:
                    self.process = subprocess.Popen(
                        [sys.executable, "-P", "-m", __name__],
                        stdin=theirs.fileno(),
                        stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL,
                        env=environment_for("one-thread", self.python_path),
                        start_new_session=True,  # an interrupt from the keyboard is for who serves
                    )
            return self.control


def _main() -> None:
    """Fork for every socket that comes in, until nobody is left who could send one."""
    import_what_is_slow()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    control = socket.socket(fileno=os.dup(0))
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)  # what a program can read
    while sockets := socket.recv_fds(control, 1, 1)[1]:
        if not os.fork():
            control.close()
            _answer(socket.socket(fileno=sockets[0]))
        os.close(sockets[0])


def _answer(line: socket.socket) -> None:
    """Run the program that comes, in this copy, and say what it did."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with line, line.makefile("rw", encoding="utf-8") as file:
            name, source = json.loads(file.readline())
            file.write(f"{os.getpid()}\n")
            file.flush()
            json.dump(fields(name, source, probe=False), file)
    finally:
        os._exit(0)  # whatever happened: this copy must not fork


if __name__ == "__main__":
    _main()
