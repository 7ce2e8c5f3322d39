import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Aborts an upload that waits for its proxy, and then has nothing left to do. */
const PROGRAM = `
  const { createCos } = await import("@cosup/node");
  const [proxy, Scheme] = process.argv.slice(1);
  const cos = createCos({ Region: "ap-guangzhou", SecretId: "id", SecretKey: "key", Scheme, proxy });
  const controller = new AbortController();
  process.stdin.once("data", () => controller.abort(new Error("enough")));
  const upload = cos.putObject({ Bucket: "b-1250000000", Key: "k", Body: "x", signal: controller.signal });
  console.log(await upload.catch((error) => error.message));
  process.stdin.destroy();
`;

test.each(["https", "http"])(
  "an aborted upload leaves no connection to a silent proxy: %s",
  async (scheme) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
      socket.once("data", () => child.stdin.write("abort\n"));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const child = spawn(
      process.execPath,
      ["--input-type=module", "-e", PROGRAM, `http://127.0.0.1:${port}`, scheme],
      { cwd: here, stdio: ["pipe", "pipe", "inherit"] },
    );
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    try {
      // Without a close(): the process ends by itself when nothing is open any more.
      const [code] = await once(child, "close");
      expect([code, output.trim()]).toEqual([0, "enough"]);
    } finally {
      child.kill();
      server.close();
      for (const socket of sockets) socket.destroy();
    }
  },
);
