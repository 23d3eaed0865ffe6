"""Times asyncssh at the bare collection: the lines that discovery sends, on all devices at once.

Usage: asyncssh_peer.py JOBS.json, a list of {address, port, user, password, lines}. Prints JSON with the median seconds
of three runs, connections included. Needs: pip install asyncssh
"""

import asyncio
import json
import statistics
import sys
import time

import asyncssh

PROMPT = "# "


async def until_prompt(stdout):
    seen = ""
    while not seen.endswith(PROMPT):
        part = await stdout.read(65536)
        if not part:
            raise EOFError("the device closed the session")
        seen += part
    return seen


async def collect(job):
    async with asyncssh.connect(
        job["address"],
        port=job["port"],
        username=job["user"],
        password=job["password"],
        known_hosts=None,
        client_keys=None,
        agent_path=None,
        config=None,
    ) as connection:
        process = await connection.create_process(term_type="vt100", term_size=(512, 1000))
        await until_prompt(process.stdout)
        for line in job["lines"]:
            process.stdin.write(line + "\n")
            await until_prompt(process.stdout)


async def collect_all(jobs):
    await asyncio.gather(*(collect(job) for job in jobs))


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        asyncio.run(collect_all(jobs))
        times.append(time.perf_counter() - start)
    print(json.dumps({"seconds": statistics.median(times)}))


if __name__ == "__main__":
    main()
