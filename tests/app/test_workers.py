"""Work in threads: in order, with a bound, and with an end."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from cactions.app import workers
from cactions.app.workers import Pool, Task, Workers, open_pool, split_windows

SECONDS = 20
"""How long a test waits for a thread that should come at once."""


def run_all(team: Workers[int, object], values: Iterator[int]) -> Iterator[tuple[int, object]]:
    for value in values:
        yield from team.put(value)
    yield from team.end()


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_results_come_in_the_order_of_the_values(threads: int) -> None:
    """However long each one takes."""
    slow = threading.Event()

    def work(value: int) -> int:
        if value % 5 == 0 and threads > 1:
            slow.wait(0.01)
        return value * value

    with open_pool(threads) as pool:
        done = [*run_all(Workers(work, pool, 16), iter(range(100)))]
    assert [(n, n * n) for n in range(100)] == done


def test_without_threads_the_caller_works_itself() -> None:
    """And each result comes before the next value is begun."""
    begun: list[int] = []
    with open_pool(0) as pool:
        assert pool is None
        team = Workers(lambda value: begun.append(value) or threading.current_thread(), pool, 4)
        for number, (value, thread) in enumerate(run_all(team, iter(range(9)))):
            assert (number, number + 1) == (value, len(begun))
            assert thread is threading.current_thread()


def test_a_bounded_number_is_under_way() -> None:
    """Values are taken only as fast as the oldest result comes."""
    taken, goes = [], threading.Event()

    def values() -> Iterator[int]:
        for value in range(50):
            taken.append(value)
            if value == 10:
                threading.Timer(0.2, check).start()
            yield value

    def check() -> None:
        held.append(len(taken))
        goes.set()

    held: list[int] = []
    with open_pool(3) as pool:
        done = [*run_all(Workers(lambda _: goes.wait(SECONDS), pool, 10), values())]
    assert ([11], 50) == (held, len(done))


def test_no_more_threads_than_asked_for_work_at_once() -> None:
    """And all of them do."""
    together = threading.Barrier(4)
    counts, lock = [0, 0], threading.Lock()

    def work(value: int) -> None:
        with lock:
            counts[0] += 1
            counts[1] = max(counts)
        together.wait(SECONDS)
        with lock:
            counts[0] -= 1

    with open_pool(4) as pool:
        assert 40 == len([*run_all(Workers(work, pool, 40), iter(range(40)))])
    assert 4 == counts[1]


@pytest.mark.parametrize("threads", [1, 8])
def test_an_error_comes_in_its_place(threads: int) -> None:
    """What was begun before it has its results, and what is behind it can be asked for."""
    done: list[int] = []
    before: list[int] = []
    begun = threading.Event()

    def work(value: int) -> int:
        if value < 20:
            before.append(value)
        if len(before) == 20:
            begun.set()
        if value == 20:
            assert begun.wait(SECONDS)
            raise ValueError(value)
        return value

    with open_pool(threads) as pool:
        team = Workers(work, pool, 10)
        with pytest.raises(ValueError, match="20"):
            done.extend(value for value, _ in run_all(team, iter(range(100))))
        rest, cancelled = team.abandon()
    assert [*range(20)] == done
    assert all(value > 20 and result == value for value, result in rest)
    assert [] == [value for value, _ in rest if value in cancelled]


def test_nothing_is_begun_after_an_error() -> None:
    """Also where the error is not the oldest of those under way."""
    first, goes, failed = threading.Event(), threading.Event(), threading.Event()
    begun: list[int] = []

    def work(value: int) -> int:
        begun.append(value)
        if value == 0:
            first.set()
            goes.wait(SECONDS)
        if value == 1:
            assert first.wait(SECONDS)
            failed.set()
            raise ValueError(value)
        return value

    with open_pool(2) as pool:
        team = Workers(work, pool, 50)
        for value in range(30):
            assert [] == [*team.put(value)]
        assert failed.wait(SECONDS)
        assert pool
        drain(pool, goes)
        end = team.end()
        assert (0, 0) == next(end)
        with pytest.raises(ValueError, match="1"):
            next(end)
        assert ([], [*range(2, 30)]) == team.abandon()
        assert ([], []) == team.abandon()
    assert [0, 1] == sorted(begun)


def drain(pool: Pool, goes: threading.Event) -> None:
    """Wait until the second thread has met everything that was waiting."""
    last: Task[None] = Task(lambda: None)
    pool.begin(last)
    assert last.wait(SECONDS)
    goes.set()


def test_what_is_under_way_comes_to_its_end() -> None:
    """Its results and its errors are known; what was not begun is told apart."""
    goes, both = threading.Event(), threading.Barrier(3)

    def work(value: int) -> int:
        both.wait(SECONDS)
        goes.wait(SECONDS)
        if value == 1:
            raise ValueError(value)
        return value

    with open_pool(2) as pool:
        team = Workers(work, pool, 50)
        for value in range(20):
            assert [] == [*team.put(value)]
        both.wait(SECONDS)
        threading.Timer(0.1, goes.set).start()
        [(first, result), (second, error)], cancelled = team.abandon()
        assert ((0, 0), 1, "1") == ((first, result), second, str(error))
        assert isinstance(error, ValueError)
        assert [*range(2, 20)] == cancelled
        assert [] == [*team.end()]
        assert ([], []) == team.abandon()


def test_what_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named without a result, since it may still do its work."""
    monkeypatch.setattr(workers, "DRAIN_SECONDS", 0.1)
    goes, begun = threading.Event(), threading.Event()

    def work(value: int) -> int:
        if value == 1:
            begun.set()
            goes.wait(SECONDS)
        return value

    try:
        with open_pool(2) as pool:
            team = Workers(work, pool, 50)
            assert [] == [*team.put(1)]
            assert begun.wait(SECONDS)
            for value in (2, 3):
                assert [] == [*team.put(value)]
            results = dict(team.abandon()[0])
            assert None is results.pop(1)
            assert all(value == result for value, result in results.items())
    finally:
        goes.set()


def test_a_pool_drops_what_has_not_begun() -> None:
    """Its end does not wait for work that no thread has taken."""
    goes, begun = threading.Event(), []

    def work(value: int) -> None:
        begun.append(value)
        goes.wait(SECONDS)

    with open_pool(2) as pool:
        team = Workers(work, pool, 50)
        for value in range(20):
            assert [] == [*team.put(value)]
    goes.set()
    assert begun == [*range(len(begun))]
    assert len(begun) <= 4


def test_values_are_split_into_windows() -> None:
    """The last one may be shorter, and none is empty."""
    assert [[0, 1, 2], [3, 4]] == [*split_windows(iter(range(5)), 3)]
    assert [[0, 1]] == [*split_windows(range(2), 2)]
    assert [] == [*split_windows([], 3)]
