"""Who descends from whom, and what they hold."""

import os
import subprocess
import sys

from deploy.chaos.process_table import Process, family, list_processes, memory_mb

CHILD_WITH_A_CHILD = f"""
import subprocess, sys
child = subprocess.Popen([{sys.executable!r}, "-c", "input()"], stdin=subprocess.PIPE)
print(child.pid, flush=True)
input()
child.communicate()
"""


def test_a_family_is_a_process_and_all_its_descendants_the_ancestor_first() -> None:
    table = {pid: Process(pid, parent, 10) for pid, parent in ((1, 0), (5, 1), (6, 5), (7, 5), (9, 6), (8, 1))}
    assert family(table, 5)[0] == 5
    assert set(family(table, 5)) == {5, 6, 7, 9}
    assert family(table, 4) == []


def test_the_machines_processes_are_found_with_their_memory() -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD_WITH_A_CHILD], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as child:
        assert child.stdout
        grandchild = int(child.stdout.readline())
        processes = list_processes()
        assert family(processes, child.pid) == [child.pid, grandchild]
        assert child.pid in family(processes, os.getpid())
        assert 1 < memory_mb([processes[child.pid]]) < 100
        child.communicate(b"\n")
