"""Run snippets: many in one warm process, or one as a reader would, alone in a fresh process from an empty folder.

A warm process is started for each environment and puts everything that leaks (seed, dtype, threads, figures, folder)
back before each snippet; started as a module, this file is that process. Where programs are to be run `apart`, it has
only imported what takes seconds, and every program gets a copy of it, by a fork: no other program has been there.
"""

import ast
import contextlib
import dataclasses
import importlib
import io
import json
import linecache
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lowerbound_site.evidence.claims import EvidenceError

# Other machines are imitated: older processors (torch's own kernels, its matrix products, its convolutions, numpy's and
# scipy's matrix products each have a switch), the oldest with another number of threads. Threads wait passively,
# because a busy wait stalls a machine that has other work.
THREADS = {"OMP_WAIT_POLICY": "PASSIVE"}
ENVIRONMENTS: Mapping[str, Mapping[str, str]] = {
    "one-thread": {"OMP_NUM_THREADS": "1"},
    "plain-processor-two-threads": {
        "OMP_NUM_THREADS": "2",
        "ATEN_CPU_CAPABILITY": "default",
        "MKL_ENABLE_INSTRUCTIONS": "SSE4_2",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "OPENBLAS_CORETYPE": "Nehalem",
    },
    "older-processor": {
        "OMP_NUM_THREADS": "1",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
    },
}
STYLE = Path(__file__).with_name("matplotlibrc")  # how figures are drawn, wherever they are recorded
_SWITCHES = {switch for environment in ENVIRONMENTS.values() for switch in environment}
_NEEDS_TORCH = re.compile(r"\b(torch|lowerbound)\b")  # importing it takes seconds
# What takes seconds to import; torch itself imports `_dynamo` when an optimizer takes its first step.
SLOW_TO_IMPORT = ("torch", "torch._dynamo", "scipy.optimize", "sklearn.datasets", "matplotlib.pyplot")
_LIMIT = 3000  # seconds for every snippet in one process, on a machine that is busy
CAN_FORK = sys.platform == "linux"  # and be sure that a copy of a process is whole: macOS' own libraries are not
LONGEST = 60.0  # seconds that one snippet may compute; while it waits for a busy machine, they do not count


@dataclass(frozen=True)
class Run:
    """What a snippet did: printed, drew, and (if it did not reach its end) why.

    Where it stopped at an assert of its own, `failed_at` is the line of that, and `message` what it said.
    """

    stdout: str
    drawing: str | None = None
    error: str | None = None
    failed_at: int | None = None
    message: str = ""
    unsteady: tuple[str, ...] = ()
    seconds: float = 0.0

    @classmethod
    def told(cls, told: dict[str, Any]) -> "Run":
        """A run, of what another process tells as JSON."""
        return cls(**told | {"unsteady": tuple(told["unsteady"])})


def run_warm(
    programs: Mapping[str, str],
    environment: str = "one-thread",
    probe: bool = False,
    apart: bool = False,
    python_path: Path | None = None,
) -> dict[str, Run]:
    """Run programs (source by name) one after the other.

    `probe` also looks for unsteady digits. `apart` gives each a fork of a process that has only imported (where the
    system can fork). `python_path` is searched for packages before all others.
    """
    with tempfile.TemporaryDirectory() as folder:
        jobs, results = Path(folder, "jobs.json"), Path(folder, "results.json")
        work = {"programs": dict(programs), "probe": probe, "apart": apart and CAN_FORK}
        jobs.write_text(json.dumps(work), encoding="utf-8")
        command = [sys.executable, "-m", "lowerbound_site.evidence.run", str(jobs), str(results)]
        ended = subprocess.run(
            command,
            cwd=folder,
            env=environment_for(environment, python_path),
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=False,
        )
        if not results.exists():
            raise EvidenceError(f"the process that runs the snippets ({environment}) ended early:\n{ended.stderr}")
        runs = json.loads(results.read_text(encoding="utf-8"))
        return {name: Run.told(told) for name, told in runs.items()}


def run_fresh(
    name: str,
    source: str,
    python_path: Path | None = None,
    python: Path | None = None,
    longest: float = LONGEST,
) -> Run:
    """Run one program as a reader would: `python NAME.py` in a folder that holds nothing else.

    `python_path` is searched for packages before all others; `python` is another environment's.
    """
    changes = dict(ENVIRONMENTS["one-thread"])  # several may run at once
    if python_path:
        changes["PYTHONPATH"] = str(python_path)
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, f"{name}.py")
        script.write_text(source, encoding="utf-8")
        begin = time.perf_counter()
        with subprocess.Popen(
            [str(python or sys.executable), "-X", "faulthandler", script.name],  # so that it says where it is, if asked
            cwd=folder,
            env=_environment(changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            stdout, error = _ended(process, script.name, longest)
        error = error and error.replace(f"{folder}{os.sep}", "")  # as if it had run where it stands
        return Run(stdout, _drawing(folder, name), error, seconds=time.perf_counter() - begin)


def _ended(process: subprocess.Popen[str], script: str, longest: float) -> tuple[str, str | None]:
    """What a program printed, and why it stopped early; one that computes for too long is stopped."""
    begin = time.monotonic()
    while True:
        try:
            stdout, stderr = process.communicate(timeout=1)
            return stdout, stderr if process.returncode else None
        except subprocess.TimeoutExpired:
            waited = time.monotonic() - begin
            if max(_computed(process.pid, waited), waited / 10) > longest:
                break
    process.send_signal(getattr(signal, "SIGABRT", signal.SIGTERM))
    stdout, stderr = process.communicate()
    frame = re.search(rf'File "[^"]*{re.escape(script)}", line (\d+)', stderr)
    return stdout, f"{_too_long(longest)}{f', in line {frame[1]}' if frame else ''}; if a loop never ends, let it end"


def _computed(pid: int, otherwise: float) -> float:
    """Seconds that a process has computed, where the system tells; or else `otherwise`."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return otherwise


def _too_long(longest: float) -> str:
    return f"still running after {longest:.0f} s"


def environment_for(environment: str, python_path: Path | None = None) -> dict[str, str]:
    """The variables of a process that runs programs, where `python_path` is searched for packages before all others."""
    changes = dict(ENVIRONMENTS[environment])
    if python_path:
        changes["PYTHONPATH"] = os.pathsep.join(filter(None, [str(python_path), os.environ.get("PYTHONPATH")]))
    return _environment(changes)


def _environment(changes: Mapping[str, str]) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in _SWITCHES}
    return kept | THREADS | {"MATPLOTLIBRC": str(STYLE)} | dict(changes)


def _drawing(folder: str | Path, name: str) -> str | None:
    """The figure that was saved, without matplotlib's note of the date."""
    path = Path(folder, f"{name}.svg")
    if not path.exists():
        return None
    svg = path.read_text(encoding="utf-8")
    before, start, rest = svg.partition(" <metadata>\n")
    return before + rest.partition(" </metadata>\n")[2] if start else svg


@contextlib.contextmanager
def isolated(folder: Path, source: str) -> Iterator[None]:
    """Give a program the state a fresh process has, in `folder`; afterwards put everything back as it was."""
    torch_as_new = _torch_as_new() if _NEEDS_TORCH.search(source) else contextlib.nullcontext()
    try:
        with torch_as_new, contextlib.chdir(folder), warnings.catch_warnings():
            yield
    finally:
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")
            sys.modules["matplotlib"].rc_file_defaults()


@contextlib.contextmanager
def _torch_as_new() -> Iterator[None]:
    import torch

    dtype, threads, random = torch.get_default_dtype(), torch.get_num_threads(), torch.get_rng_state()
    torch.set_default_dtype(torch.float32)
    torch.seed()  # as unpredictable as in a fresh process, so that a snippet that sets no seed is found out
    torch.set_printoptions(profile="default")
    try:
        with torch.enable_grad():
            yield
    finally:
        torch.set_default_dtype(dtype)
        torch.set_num_threads(threads)
        torch.set_rng_state(random)
        torch.set_printoptions(profile="default")


def _execute(name: str, source: str, probe: bool) -> Run:
    """Run a program in this process, as `__main__`, in an empty folder of its own."""
    filename, stdout, unsteady = f"{name}.py", io.StringIO(), list[str]()
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    tree = ast.parse(source)
    namespace: dict[str, object] = {"__name__": "__main__"}
    if probe:
        tree = _Probes(source).visit(tree)
        namespace[_PROBE] = _Probe(unsteady)
    error, failed_at, message = None, None, ""
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, isolated(Path(folder), source), _stopped_after(LONGEST):
        try:
            warnings.simplefilter("error")
            with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(io.StringIO()):
                exec(compile(ast.fix_missing_locations(tree), filename, "exec"), namespace)
        except (Exception, SystemExit) as stopped:
            frames = stopped.__traceback__.tb_next if stopped.__traceback__ else None
            error = "".join(traceback.format_exception(type(stopped), stopped, frames))
            failed_at, message = _own_assert(stopped, frames, filename, ast.parse(source)), str(stopped)
        drawing = _drawing(folder, name)
    seconds = time.perf_counter() - begin
    return Run(stdout.getvalue(), drawing, error, failed_at, message, tuple(unsteady), seconds)


@contextlib.contextmanager
def _stopped_after(longest: float) -> Iterator[None]:
    """Raise an error in a program that computes for longer, on the line that it is in, where there are such timers.

    One that waits may take ten times as long: perhaps the machine is busy.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return

    limits = {signal.SIGPROF: longest, signal.SIGALRM: 10 * longest}

    def stop(number: int, _: object) -> None:
        raise TimeoutError(f"{_too_long(limits[signal.Signals(number)])}; if a loop never ends, let it end")

    before = {number: signal.signal(number, stop) for number in limits}
    signal.setitimer(signal.ITIMER_PROF, limits[signal.SIGPROF])
    signal.setitimer(signal.ITIMER_REAL, limits[signal.SIGALRM])
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def _own_assert(
    stopped: BaseException, frames: types.TracebackType | None, filename: str, tree: ast.Module
) -> int | None:
    """The line of the program's own assert statement that failed; None if anything else stopped it."""
    if type(stopped) is not AssertionError or frames is None:
        return None
    *_, (frame, line) = traceback.walk_tb(frames)
    asserts = (node for node in ast.walk(tree) if isinstance(node, ast.Assert))
    lines = (node.lineno for node in asserts if node.lineno <= line <= (node.end_lineno or node.lineno))
    return next(lines, None) if frame.f_code.co_filename == filename else None


# A printed digit is unsteady when another machine's rounding could change it. To find such digits, every value that is
# formatted is formatted again a little higher and a little lower.
_PROBE = "__lowerbound_probe__"
_RELATIVE, _ABSOLUTE = 1e-8, 1e-13


class _Probe:
    """Formats values in the place of f-strings and `print`, and notes those whose digits are unsteady."""

    def __init__(self, unsteady: list[str]) -> None:
        self.unsteady = unsteady

    def __call__(self, value: object, conversion: int, spec: str, expression: str, line: int) -> str:
        text = _format(value, conversion, spec)
        others = {_format(_moved(value, sign_r, sign_a), conversion, spec) for sign_r in (-1, 1) for sign_a in (-1, 1)}
        if others != {text}:
            other = min(others - {text})
            self.unsteady.append(
                f"line {line}: {{{expression}{':' + spec if spec else ''}}} prints {text}, but {other} if the last "
                "bits differ; print fewer digits, or a bound or verdict in its place (near zero, a z in the format, "
                "as in :z.3f, drops the sign)"
            )
        return text


def _format(value: object, conversion: int, spec: str) -> str:
    if conversion >= 0:
        convert: Mapping[str, Callable[[object], str]] = {"r": repr, "s": str, "a": ascii}
        value = convert[chr(conversion)](value)
    return format(value, spec)


def _moved(value: object, sign_r: int, sign_a: int) -> object:
    """The value with its last bits changed: floats, arrays and tensors of floats, and what holds them."""
    if isinstance(value, list | tuple):
        moved = [_moved(part, sign_r, sign_a) for part in value]
        return tuple(moved) if isinstance(value, tuple) else moved
    if isinstance(value, dict):
        return {key: _moved(part, sign_r, sign_a) for key, part in value.items()}
    dtype = str(getattr(value, "dtype", "float64" if isinstance(value, float) else ""))
    if "float" not in dtype:
        return value
    relative = _RELATIVE if "float64" in dtype else 1e-6  # a float32 has seven digits
    return value * (1 + sign_r * relative) + sign_a * _ABSOLUTE  # type: ignore[operator]


class _Probes(ast.NodeTransformer):
    """Puts the probe in the place of every formatting in f-strings, and of bare values in `print`, outside asserts."""

    def __init__(self, source: str) -> None:
        self.source = source

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        return node

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.FormattedValue:
        spec = node.format_spec or ast.Constant("")
        return ast.FormattedValue(self._probed(node.value, node.conversion, spec), conversion=-1)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            node.args = [
                argument
                if isinstance(argument, ast.Starred | ast.JoinedStr)
                else self._probed(argument, ord("s"), ast.Constant(""))
                for argument in node.args
            ]
        return node

    def _probed(self, value: ast.expr, conversion: int, spec: ast.expr) -> ast.Call:
        expression = ast.get_source_segment(self.source, value) or ast.unparse(value)
        details: list[ast.expr] = [ast.Constant(conversion), spec, ast.Constant(expression), ast.Constant(value.lineno)]
        return ast.copy_location(ast.Call(ast.Name(_PROBE, ast.Load()), [value, *details], []), value)


def fields(name: str, source: str, probe: bool) -> dict[str, object]:
    """What a program does in this process, to be told to another one."""
    return dataclasses.asdict(_execute(name, source, probe))


def _in_a_fork(name: str, source: str, probe: bool) -> dict[str, object]:
    """What a child of this process makes of a program; nothing is computed here before, and nothing comes back else."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            with os.fdopen(write, "w", encoding="utf-8") as pipe:
                json.dump(fields(name, source, probe), pipe)
        finally:
            os._exit(0)  # whatever happened: this copy must not go on with the other programs
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    if not said:
        return dataclasses.asdict(Run("", error=f"{name}.py: its process ended with status {status} and said nothing"))
    told: dict[str, object] = json.loads(said)
    return told


def import_what_is_slow() -> None:
    """Import what takes seconds, where it is there."""
    for package in SLOW_TO_IMPORT:
        with contextlib.suppress(ImportError):  # a program that needs it says so
            importlib.import_module(package)


def _main(jobs: Path, results: Path) -> None:
    work = json.loads(jobs.read_text(encoding="utf-8"))
    run = _in_a_fork if work["apart"] else fields
    if work["apart"]:
        import_what_is_slow()
    runs = {name: run(name, source, work["probe"]) for name, source in work["programs"].items()}
    results.write_text(json.dumps(runs), encoding="utf-8")


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
