"""Repeated ids are found, however many there are."""

from hashlib import sha256

from services.audit.tlog.unique import UniqueIds


def identity(number: int) -> bytes:
    return sha256(b"%d" % number).digest()[:16]


def test_the_first_repetition_is_named():
    with UniqueIds() as ids:
        for index, number in enumerate([*range(2000), 7, 3, 7]):
            ids.add(identity(number), index)
        assert ids.first_repeated() == (2000, 7)


def test_ids_that_spill_to_a_file_are_still_seen():
    # Given more ids in one bucket than it keeps in memory
    with UniqueIds() as ids:
        for index in range(3000):
            ids.add(b"\0" + identity(index)[1:], index)
        assert ids.first_repeated() is None
        ids.add(b"\0" + identity(5)[1:], 3000)
        # Then a repetition of an early one is found
        assert ids.first_repeated() == (3000, 5)
