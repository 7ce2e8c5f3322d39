import { spawn } from "node:child_process";
import { once } from "node:events";
import { benchFolder, tlsFolder } from "./paths.mjs";

/** The environment in which a Node client trusts the certificate of the sink. */
export const trustingSink = { NODE_EXTRA_CA_CERTS: `${tlsFolder}ca.pem` };

/**
 * @typedef {{ key: string, size: number, crc64: string, contentMd5: (string | null)[] }} ReceivedObject
 * @typedef {object} Sink
 * @property {string} origin
 * @property {string} secureOrigin the same objects over HTTPS; see {@link trustingSink}
 * @property {() => Promise<ReceivedObject[]>} take returns the objects stored since the last call
 * @property {(file: { key: string, path: string, partSize: number }) => Promise<string>} seed creates an upload that
 *   already holds all parts of a file; resolves to its id
 * @property {(file: { key: string, path: string, crc64: string }) => Promise<void>} hold holds the bytes of a file in
 *   memory, as an object to download
 * @property {() => void} stop
 */

/** Starts a sink for one bench. @returns {Promise<Sink>} */
export async function startSink() {
  const child = spawn(process.execPath, [`${benchFolder}sink/main.mjs`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [first] = await once(child.stdout.setEncoding("utf8"), "data");
  const [port, securePort] = String(first).trim().split(" ");
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    secureOrigin: `https://127.0.0.1:${securePort}`,
    take: async () => (await fetch(`${origin}/-/take`)).json(),
    seed: async (file) => {
      const response = await fetch(`${origin}/-/seed`, { method: "POST", body: JSON.stringify(file) });
      if (!response.ok) throw new Error(await response.text());
      return response.text();
    },
    hold: async (file) => {
      const response = await fetch(`${origin}/-/hold`, { method: "POST", body: JSON.stringify(file) });
      if (!response.ok) throw new Error(await response.text());
    },
    stop: () => {
      child.kill();
    },
  };
}

/** Runs `work` with a sink and always stops the sink. @template T @param {(sink: Sink) => Promise<T>} work */
export async function withSink(work) {
  const sink = await startSink();
  try {
    return await work(sink);
  } finally {
    sink.stop();
  }
}
