// The simulated fabric's control socket: what its devices really hold, told by the fabric itself.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { createInterface } from "node:readline";

/** Asks the fabric whose address stands in `file`. */
export async function ask(file, request) {
  const { socket, token } = JSON.parse(await readFile(file, "utf8"));
  const [host, port] = socket.split(":");
  const stream = connect(Number(port), host);
  try {
    await once(stream, "connect");
    stream.write(`${JSON.stringify({ token, ...request })}\n`);
    const [line] = await once(createInterface({ input: stream }), "line");
    const answer = JSON.parse(line);
    if (answer.error !== undefined) throw new Error(`the fabric refused ${request.op}: ${answer.error}`);
    return answer.ok;
  } finally {
    stream.destroy();
  }
}

/** The truth about every device, by name. */
export async function dump(file) {
  const devices = await ask(file, { op: "dump" });
  return Object.fromEntries(devices.map((device) => [device.name, device]));
}

/** The running configuration of every device, by name, as the device prints it. */
export function texts(devices) {
  return Object.fromEntries(Object.entries(devices).map(([name, device]) => [name, device.hierarchical]));
}
