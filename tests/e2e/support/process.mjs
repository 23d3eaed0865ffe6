// Processes that a journey starts. Each is the leader of its own process group and the group ends with the journey,
// however the journey ends.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const groups = new Set();

function endAll() {
  for (const pid of groups) signal(pid, "SIGKILL");
}

process.on("exit", endAll);
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(name, () => process.exit(1));
}

function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

/** Starts a program and collects what it prints, for the report of a failure. */
export function start(command, args, { env = {}, stdin = "ignore" } = {}) {
  const child = spawn(command, args, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: [stdin, "pipe", "pipe"],
  });
  const output = { text: "" };
  const keep = (chunk) => {
    output.text = (output.text + chunk).slice(-64_000);
  };
  child.stdout.setEncoding("utf8").on("data", keep);
  child.stderr.setEncoding("utf8").on("data", keep);
  const ended = once(child, "exit");
  groups.add(child.pid);
  return {
    child,
    output,
    ended,
    running: () => child.exitCode === null && child.signalCode === null,
    /** Ends the whole group and waits until its leader is gone. */
    async end(name = "SIGTERM") {
      signal(child.pid, name);
      const gone = await Promise.race([ended.then(() => true), pause(5_000, false, { ref: false })]);
      if (!gone) signal(child.pid, "SIGKILL");
      await ended;
      signal(child.pid, "SIGKILL");
      groups.delete(child.pid);
    },
  };
}

/** Runs a program to its end. Throws with everything it printed when it fails. */
export async function run(command, args, options = {}) {
  const stdout = [];
  const program = start(command, args, options);
  program.child.stdout.on("data", (chunk) => stdout.push(chunk));
  if (options.input !== undefined) {
    program.child.stdin.end(options.input);
  }
  await once(program.child, "close");
  await program.end();
  if (program.child.exitCode !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${program.child.exitCode}:\n${program.output.text}`);
  }
  return stdout.join("");
}

/** A port of the loopback interface that nobody listens on at this moment. */
export async function freePort() {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function answers(port) {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Waits until `condition` gives something truthy and returns that. The error of the last try is told when it never does. */
export async function until(what, condition, limit = 15_000) {
  const deadline = Date.now() + limit;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited ${limit} ms in vain for ${what}`, { cause: last });
    }
    await pause(25);
  }
}

export async function listening(port, program) {
  await until(`port ${port} to answer`, async () => {
    if (!program.running()) throw new Error(`it ended before: ${program.output.text}`);
    return answers(port);
  });
}
