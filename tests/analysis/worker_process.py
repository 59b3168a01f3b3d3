"""Workers as processes of their own, for `test_worker.py`: real signals, real deaths, their own connections.

Django is loaded once; each line "start 0.4" on standard input forks a worker, for which others are dead after so many
seconds, and answers with its process id; each line "wait 123" with that worker's exit code.
"""

import datetime
import os
import signal
import sys
import time
from pathlib import Path

STEP = 0.02


def append(job, progress, result):
    """A job that leaves a trace at each step: process, job, step."""
    from analysis.jobs import Outcome

    for step in range(job.arguments["steps"]):
        with Path(job.arguments["trace"]).open("a") as file:
            file.write(f"{os.getpid()} {job.pk} {step}\n")
        if step == job.arguments.get("kills_at"):
            os.kill(os.getpid(), signal.SIGKILL)
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
    for line in sys.stdin:
        match line.split():
            case ["wait", pid]:
                answer = os.waitstatus_to_exitcode(os.waitpid(int(pid), 0)[1])
            case ["start", dead_after]:
                jobs.DEAD_AFTER = datetime.timedelta(seconds=float(dead_after))
                jobs.SURE_AFTER = float(dead_after) / 2
                answer = os.fork()
                if answer == 0:
                    sys.stdout = sys.stderr
                    call_command("work")
                    os._exit(0)
        print(answer, flush=True)


if __name__ == "__main__":
    main()
