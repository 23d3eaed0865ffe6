"""Times hier_config 3: read two configurations, compute the remediation and the way back.

Usage: hier_config_peer.py BEFORE AFTER. Prints JSON with the median seconds. Needs: pip install hier-config==3.7.1

The generic driver is used; `!` lines are removed first, inside the timing, because it refuses doubled children. The
cyclic collector is off, the fastest form of this peer.
"""

import gc
import json
import statistics
import sys
import time

from hier_config import Platform, WorkflowRemediation, get_hconfig


def load(text):
    return get_hconfig(Platform.GENERIC, "\n".join(line for line in text.split("\n") if line.strip() != "!"))


def lines(before, after):
    workflow = WorkflowRemediation(load(before), load(after))
    forward = sum(1 for _ in workflow.remediation_config.all_children_sorted())
    return forward + sum(1 for _ in workflow.rollback_config.all_children_sorted())


def main():
    before, after = (open(path, encoding="utf-8").read() for path in sys.argv[1:3])
    gc.disable()
    times, count = [], 0
    for _ in range(3):
        start = time.perf_counter()
        count = lines(before, after)
        times.append(time.perf_counter() - start)
        gc.collect()
    print(json.dumps({"seconds": statistics.median(times), "lines": count}))


if __name__ == "__main__":
    main()
