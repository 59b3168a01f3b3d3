"""Workers as processes of their own, for `test_worker.py`: real signals, real deaths, their own connections.

Django is loaded once; each line "start" on standard input forks a worker and answers with its process id, each line
"wait 123" with that worker's exit code.
"""

import datetime
import os
import sys
import time
from pathlib import Path

STEP = 0.02
DEAD_AFTER = 0.4


def append(job, progress, result):
    """A job that leaves a trace at each step: process, job, step."""
    from analysis.jobs import Outcome

    for step in range(job.arguments["steps"]):
        with Path(job.arguments["trace"]).open("a") as file:
            file.write(f"{os.getpid()} {job.pk} {step}\n")
        time.sleep(STEP)
        progress(step + 1, job.arguments["steps"])
    result.write(f"{os.getpid()}".encode())
    return Outcome("done.txt")


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from analysis import jobs, worker

    jobs.RUNNERS = dict.fromkeys(jobs.RUNNERS, "tests.analysis.worker_process.append")
    jobs.SECONDS_BETWEEN_SIGNS = worker.SECONDS_BETWEEN_LOOKS = STEP
    jobs.DEAD_AFTER = datetime.timedelta(seconds=DEAD_AFTER)
    for line in sys.stdin:
        match line.split():
            case ["wait", pid]:
                answer = os.waitstatus_to_exitcode(os.waitpid(int(pid), 0)[1])
            case ["start"]:
                answer = os.fork()
                if answer == 0:
                    sys.stdout = sys.stderr
                    call_command("work")
                    os._exit(0)
        print(answer, flush=True)


if __name__ == "__main__":
    main()
