"""Many products with the same policies: one after the other, or in worker processes; what was judged before is not again.

However many processes there are, the results come in the order of the files, and are the same.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from policy_engine import engine, report_cache
from policy_engine.errors import PolicyEngineError, WorkerError
from policy_engine.plan.canonical import Digest, digest
from policy_engine.product.read import read_content
from policy_engine.verdict import Stage

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from policy_engine.evaluation.model import Attested, Report
    from policy_engine.loading import Policies
    from policy_engine.trust import Keyring

#: A process of its own is worth its start from so many products on that are to be judged.
WORTH: Final = 200
#: More processes than this are started only where somebody says so.
_MOST: Final = 8
#: So many products are handed to a process at a time.
_CHUNK: Final = 16


@dataclass(frozen=True, slots=True)
class Given:
    """Besides its contract, all that a product is judged by; as of `engine.check`."""

    policies: Policies
    as_of: datetime
    data: Mapping[str, engine.DataGiven] = field(default_factory=dict)
    previous: Path | Literal["none"] | None = None
    stage: Stage | None = None
    show_values: bool = False
    earlier: tuple[Path | Attested, ...] = ()
    keyring: Keyring | None = None
    cache: Path | None = None


def judge_many(
    files: Sequence[Path], shared: Given, own: Callable[[Path], Given] | None = None, *, jobs: int | None = None
) -> Generator[Report | PolicyEngineError, None, None]:
    """Of each file in turn its report, or why there is none. `jobs` is how many processes work; as it fits by default.

    `own` tells what a product is judged by where that is not `shared` with the others. Raises WorkerError where a process
    dies.
    """
    told = own or (lambda _: shared)
    if jobs == 1 or len(files) < 2 or (jobs is None and len(files) < WORTH):
        for file in files:
            yield _judged_by(file, told)
        return
    elsewhere = _not_here(files, shared, told)
    workers = min(jobs or _fitting(len(elsewhere)), -(-len(elsewhere) // _CHUNK))
    chosen = frozenset(elsewhere) if workers > 1 else frozenset()
    with closing(_in_processes(elsewhere, shared, workers)) as judged:
        for file in files:
            yield next(judged) if file in chosen else _judged_by(file, told)


def judge_one(product: Path | engine.ReadProduct, given: Given) -> Report:
    """The report of one product, whatever was kept of it. Raises what `engine.check` raises."""
    return engine.check(
        product,
        given.policies,
        data=given.data,
        previous=given.previous,
        stage=given.stage,
        as_of=given.as_of,
        show_values=given.show_values,
        earlier=given.earlier,
        keyring=given.keyring,
        cache=given.cache,
    )


def _not_here(files: Sequence[Path], shared: Given, told: Callable[[Path], Given]) -> list[Path]:
    """What other processes can judge: what is not kept, and has nothing of its own."""
    found = []
    for file in files:
        try:
            if told(file) is shared and not _is_kept(file, shared):
                found.append(file)
        except PolicyEngineError:  # said when it is its turn
            continue
    return found


def _fitting(products: int) -> int:
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(processors, _MOST, products // (WORTH // 2)))


def _judged_by(file: Path, told: Callable[[Path], Given]) -> Report | PolicyEngineError:
    try:
        return _judged(file, told(file))
    except PolicyEngineError as error:
        return error


def _judged(file: Path, given: Given) -> Report:
    found = _recalled(file, given)
    if found is not None:
        return found
    report = judge_one(file, given)
    if given.cache is not None and _rests_on_the_contract(given):
        report_cache.keep(given.cache, report, given.policies.plan)
    return report


def _recalled(file: Path, given: Given) -> Report | None:
    """The report of an earlier run, where everything was as it is now."""
    if given.cache is None or not _rests_on_the_contract(given):
        return None
    policies = given.policies
    return report_cache.find(given.cache, _key(file, given), policies.used, policies.plan, given.as_of)


def _is_kept(file: Path, given: Given) -> bool:
    """Is there most likely a report of an earlier run? It is looked at when it is used."""
    if given.cache is None or not _rests_on_the_contract(given):
        return False
    return report_cache.is_there(given.cache, _key(file, given))


def _key(file: Path, given: Given) -> Digest:
    return report_cache.key(
        digest(read_content(file)),
        file.as_posix(),
        given.policies.used,
        given.policies.plan,
        given.stage or Stage.CHANGE,
        given.as_of,
        is_first=given.previous == "none",
    )


def _rests_on_the_contract(given: Given) -> bool:
    """On nothing else but policies, stage and time? Then a report can be kept."""
    return not given.data and not given.earlier and not given.show_values and given.previous in (None, "none")


def _in_processes(
    files: Sequence[Path], given: Given, workers: int
) -> Generator[Report | PolicyEngineError, None, None]:
    """Each process gets a few files, and more when it is done with them; all end with this, however it ends."""
    from multiprocessing.connection import Connection, wait

    chunks = [files[at : at + _CHUNK] for at in range(0, len(files), _CHUNK)]
    done: dict[int, list[Report | PolicyEngineError]] = {}
    with _workers(workers, given) as free:
        todo = enumerate(chunks)
        busy = {pipe: at for pipe, (at, chunk) in zip(free, todo, strict=False) if _sent(pipe, chunk)}
        for at in range(len(chunks)):
            while at not in done:
                for pipe in wait(list(busy)):
                    assert isinstance(pipe, Connection)
                    done[busy.pop(pipe)] = _received(pipe)
                    following = next(todo, None)
                    if following is not None and _sent(pipe, following[1]):
                        busy[pipe] = following[0]
            yield from done.pop(at)


@contextmanager
def _workers(count: int, given: Given) -> Iterator[list[Connection]]:
    """Processes that start from nothing, on every platform alike. The policies go to each of them once."""
    import multiprocessing

    sent = replace(given, policies=replace(given.policies, origins=None))
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(count)]
    processes = [context.Process(target=_work, args=(theirs, sent), daemon=True) for _, theirs in pairs]
    try:
        with _unheard():
            for process in processes:
                process.start()
        for _, theirs in pairs:
            theirs.close()
        yield [ours for ours, _ in pairs]
    except (EOFError, OSError) as error:
        raise WorkerError(
            "a process that judged products died", help="--jobs 1 judges one by one; is there enough memory?"
        ) from error
    finally:
        for process in processes:
            if process.pid is not None:
                process.terminate()
                process.join()


@contextmanager
def _unheard() -> Iterator[None]:
    """Processes that are started here never hear Ctrl-C; this one hears it a little later, and ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # it would let the signal through again when the first process starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _sent(pipe: Connection, files: Sequence[Path]) -> bool:
    pipe.send(files)
    return True


def _received(pipe: Connection) -> list[Report | PolicyEngineError]:
    found = pipe.recv()
    if isinstance(found, BaseException):
        raise found
    return found  # type: ignore[no-any-return]


def _work(pipe: Connection, given: Given) -> None:
    """The life of a worker: files in, what was found out; a bug of ours too."""
    while True:
        files = pipe.recv()
        try:
            pipe.send([_judged_by(file, lambda _: given) for file in files])
        except Exception as bug:  # noqa: BLE001 - raised again, where it is said to be a bug
            pipe.send(bug)
