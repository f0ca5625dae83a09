"""What it runs on, and who runs where."""

import os
import platform


class Machine:
    def __init__(self):
        cores = sorted(os.sched_getaffinity(0))
        self.server = {cores[0]}
        self.generator = {cores[1]} if len(cores) > 1 else {cores[0]}
        # A third core lets two loops run without the generator on the same one.
        self.two_loops = {cores[0], cores[2]} if len(cores) > 2 else set(cores)


def description():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    kernel = ".".join(platform.release().split(".")[:2])
    return f"{model}, {len(os.sched_getaffinity(0))} cores, Linux {kernel}"


def resident(process):
    """Resident KiB of a process; 0 when it is gone."""
    try:
        with open(f"/proc/{process}/status", encoding="utf-8") as file:
            return next((int(line.split()[1]) for line in file if line.startswith("VmRSS:")), 0)
    except OSError:
        return 0
