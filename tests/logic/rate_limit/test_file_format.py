"""Where a block is written, so that the one in use stays whole."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cactions.logic.rate_limit.file_format import (
    LARGEST,
    PLACE,
    choose_place,
    dump_state,
    find_block,
    load_state,
    name_block,
)
from cactions.logic.rate_limit.state import PacerState, PendingCall

NOW = 5000.0


def make_state(calls: int) -> PacerState:
    """One with so many calls on their way."""
    pending = tuple(PendingCall(number, NOW, 1) for number in range(calls))
    return PacerState(updated_at=NOW, serial=calls, pending=pending)


def write_over(data: bytes, block: bytes, at: int) -> bytes:
    """What a file holds afterwards."""
    return data[:at].ljust(at, b"\0") + block + data[at + len(block) :]


def test_the_block_in_use_stays_whole_while_the_next_is_written() -> None:
    """With states of any size in turn, cut off after any number of bytes; the file stays small."""
    chance, data, before, largest = Random(5), b"", PacerState(), 0
    for _ in range(300):
        state = make_state(chance.choice((0, 1, 5, 40, 300, 900)))
        block = dump_state(state)
        largest = max(largest, len(block))
        begin = choose_place(data, len(block))
        for size in (0, 1, chance.randrange(len(block)), len(block)):
            cut = write_over(data, block[:size], begin)
            assert before == load_state(cut[find_block(cut) :], NOW)
        data = write_over(write_over(data, block, begin), name_block(begin), 0)
        assert state == load_state(data[find_block(data) :], NOW)
        before = state
    assert len(data) <= PLACE + 3 * largest


@given(st.binary(max_size=40), st.integers(0, LARGEST // 4))
def test_any_file_has_a_place_for_a_block(data: bytes, size: int) -> None:
    """Within what is read of it."""
    assert PLACE <= choose_place(data, size) <= LARGEST - size


def test_a_file_that_is_full_is_begun_anew() -> None:
    """It holds what only another program can have written."""
    size = 900_000
    data = name_block(PLACE) + size.to_bytes(4, "big") + bytes(4 + size)
    assert PLACE == choose_place(data, LARGEST - size)
    assert len(data) == choose_place(data, 1000)
