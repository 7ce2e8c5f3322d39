import { connect, type Socket } from "node:net";
import type { Instruction, Receipt } from "../../src/index.ts";
import { type Ask, authorize, HOST, KEYS, queryText, type Rig, textIn } from "../rig.ts";

/** What a client sees on its socket, byte for byte. */
export interface Seen {
  /** Everything that came, one character per byte. */
  readonly text: string;
  readonly head: string;
  readonly body: string;
  readonly status: number | undefined;
  /** The code of an Error document. */
  readonly code: string | undefined;
  /** How the connection ended; `open` if it was still open at the end of the watch. */
  readonly end: "fin" | "reset" | "open";
  readonly chunks: readonly number[];
  readonly ms: number;
}

/** Whether everything has happened after which nothing more is to come. */
export type SilentAfter = (text: string) => boolean;

export interface Look {
  /** The connection is expected to stay open; without this, only its end ends the watch. */
  readonly silentAfter?: SilentAfter;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one signed request over a new connection, and watches that connection. */
export function see(rig: Rig, ask: Ask, look: Look = {}): Promise<Seen> {
  return watch(rig.port, [requestBytes(rig, ask, look.headers)], look.silentAfter);
}

/** Installs a script for a new run, sends one request of that run, and returns what both sides saw. */
export async function injectFault(
  rig: Rig,
  instruction: Instruction | readonly Instruction[],
  ask: Ask,
  look: Look = {},
): Promise<{ seen: Seen; receipt: Receipt; run: string }> {
  const run = newRun(rig, instruction);
  const seen = await see(rig, inRun(ask, run), look);
  return { seen, run, receipt: receiptOf(rig, run) };
}

let runs = 0;

export function newRun(rig: Rig, script: Instruction | readonly Instruction[]): string {
  runs += 1;
  const run = `run-${runs}`;
  rig.faults.install(run, Array.isArray(script) ? script : [script as Instruction]);
  return run;
}

/** The same request, signed with a key id that names a run. */
export function inRun(ask: Ask, run: string): Ask {
  return { ...ask, sign: { ...ask.sign, secretId: `${KEYS.secretId}@${run}` } };
}

export function receiptOf(rig: Rig, run: string): Receipt {
  const receipt = rig.faults.receipt(run);
  if (!receipt) throw new Error(`no run ${run}`);
  return receipt;
}

export function firedIn(rig: Rig, run: string): number[] {
  return receiptOf(rig, run).instructions.map(({ fired }) => fired);
}

/** The bytes of a signed request. It asks for the connection to be closed, so that a response has an end. */
export function requestBytes(rig: Rig, ask: Ask, more: Readonly<Record<string, string>> = {}): Buffer {
  const body = Buffer.from(ask.body ?? "");
  const headers: Record<string, string> = { host: HOST, connection: "close", ...ask.headers, ...more };
  if (ask.body !== undefined || ask.method === "PUT" || ask.method === "POST") {
    headers["content-length"] = String(body.length);
  }
  headers.authorization = authorize(ask, headers, Math.floor(rig.nowMs / 1000));
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const query = ask.query ? `?${queryText(ask.query)}` : "";
  return Buffer.concat([
    Buffer.from(`${ask.method} ${ask.path}${query} HTTP/1.1\r\n${lines.join("")}\r\n`),
    body,
  ]);
}

/** How long to watch for further bytes. It starts when everything expected has arrived. */
const SILENCE_MS = 50;

/** Writes one piece after another and reads until the connection ends, or stays silent after `silentAfter`. */
export function watch(
  port: number,
  pieces: readonly Uint8Array[],
  silentAfter: SilentAfter = () => false,
): Promise<Seen> {
  const started = performance.now();
  const received: Buffer[] = [];
  return new Promise((resolve) => {
    // Half-open, so that this end can still write when the other has ended.
    const socket: Socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.setNoDelay(true);
    let silence: NodeJS.Timeout | undefined;
    const finish = (end: Seen["end"]): void => {
      clearTimeout(silence);
      socket.destroy();
      resolve(seenFrom(received, end, performance.now() - started));
    };
    const wait = (wasComplete = false): void => {
      clearTimeout(silence);
      silence = setTimeout(() => {
        const complete = silentAfter(Buffer.concat(received).toString("latin1"));
        if (complete && wasComplete) finish("open");
        // A turn of the event loop reads what has arrived in the meantime.
        else setImmediate(wait, complete);
      }, SILENCE_MS);
    };
    socket.on("data", (chunk) => {
      received.push(chunk);
      wait();
    });
    socket.on("end", () => whenEnded(socket, finish));
    socket.on("error", () => finish("reset"));
    for (const piece of pieces) socket.write(piece);
    wait();
  });
}

/**
 * Data that a reset follows at once looks like data and a FIN: where both wait to be read, libuv reads the data and
 * takes the hang-up for the end. What tells them apart is that a connection that was reset takes no more bytes.
 */
function whenEnded(socket: Socket, finish: (end: "fin" | "reset") => void): void {
  socket.write("\r\n", (error) => finish(error ? "reset" : "fin"));
}

function seenFrom(received: readonly Buffer[], end: Seen["end"], ms: number): Seen {
  const text = Buffer.concat(received).toString("latin1");
  const split = text.indexOf("\r\n\r\n");
  const head = split < 0 ? text : text.slice(0, split);
  const body = split < 0 ? "" : text.slice(split + 4);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
  return {
    text,
    head,
    body,
    status: status === undefined ? undefined : Number(status),
    code: textIn(body, "Code"),
    end,
    chunks: received.map((chunk) => chunk.length),
    ms,
  };
}
