import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";
import type { RunningEmulator } from "../../src/index.ts";

export const CONSOLE = "/_cosup/console";

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface Given {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends exactly these headers, which fetch would not: Host, Origin and Sec-Fetch-Site are the browser's. */
export function ask(
  emulator: RunningEmulator,
  path: string,
  { method = "GET", headers, body }: Asked = {},
): Promise<Given> {
  return new Promise((resolve, reject) => {
    const { port } = emulator;
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      const { statusCode: status = 0 } = response;
      text(response).then((read) => resolve({ status, headers: response.headers, text: read }), reject);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

/** Asks for data with the token. */
export async function data(emulator: RunningEmulator, name: string, asked: Asked = {}): Promise<Given> {
  const headers = { "x-cosup-token": emulator.controlToken, ...asked.headers };
  return ask(emulator, `${CONSOLE}/api/${name}`, { ...asked, headers });
}

/** The shape of the result is what the test says. */
export async function json<T = unknown>(
  emulator: RunningEmulator,
  name: string,
  asked: Asked = {},
): Promise<T> {
  const given = await data(emulator, name, asked);
  if (given.status !== 200) throw new Error(`${name}: ${given.status} ${given.text}`);
  return JSON.parse(given.text) as T;
}

/** The cookie that the page sets. */
export async function cookieOf(emulator: RunningEmulator): Promise<string> {
  const { headers } = await ask(emulator, `${CONSOLE}?token=${emulator.controlToken}`);
  return headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
}
