import { constants } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import { pseudoRandomBytes } from "../../fixtures/pseudo-random.ts";
import { CA_FILE, type Internet, startInternet } from "./internet.ts";
import { root } from "./markdown.ts";

export const KEYS = { SecretId: "ID", SecretKey: "KEY" };

/** What the code of one page finds: files, a bucket, keys, and the hosts that it names. */
export interface Sandbox {
  /** The working directory of the code. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly emulator: RunningEmulator;
  readonly internet: Internet;
  close(): Promise<void>;
}

const FILES: Readonly<Record<string, string | Uint8Array>> = {
  "hello.txt": "hello",
  "photo.jpg": pseudoRandomBytes(200_000, 1),
  "report.pdf": pseudoRandomBytes(100_000, 2),
  "app.log": "started\n",
  "faults.json": '[{"op":"ListParts","when":"before-headers","fault":"deny"}]',
  "policy.json": '{"version":"2.0","statement":[{"effect":"allow","action":["*"],"resource":["*"]}]}',
  "input.bin": pseudoRandomBytes(300_000, 3),
  "site/index.html": "hello world\n",
  "site/css/a.css": "a { }",
};
/** More than one part. */
export const BIG_BYTES = 26_000_000;

/** What the control API of the emulator expects. */
const CONTROL_TOKEN = "control-token";

/**
 * Opens the sandbox of a page.
 * @param bigFile the path of a file with `bigBytes()`
 * @param text the page; the buckets that it names exist
 */
export async function openSandbox(bigFile: string, text: string): Promise<Sandbox> {
  const buckets = [...new Set(text.match(/\b[a-z]+-1250000000\b/g) ?? ["examplebucket-1250000000"])];
  const home = await mkdtemp(join(tmpdir(), "cosup-docs-"));
  const folder = join(home, "work");
  const emulator = await startEmulator({
    data: join(home, "emulator"),
    buckets,
    cors: true,
    faults: true,
    controlToken: CONTROL_TOKEN,
    credentials: [
      { secretId: KEYS.SecretId, secretKey: KEYS.SecretKey },
      { secretId: "TEMPORARY", secretKey: "KEY", token: "TOKEN" },
    ],
  });
  const site = await startSite();
  const internet = await startInternet({ cos: emulator.port, site: site.port });
  await writeFiles(folder, bigFile);
  await writePrograms(join(home, "bin"));
  if (/download/i.test(text)) await storeBigFile(emulator, buckets, bigFile);
  const close = async (): Promise<void> => {
    await internet.close();
    await site.close();
    await emulator.close();
    await rm(home, { recursive: true, force: true, maxRetries: 10 });
  };
  return { folder, env: environment(home, internet.url), emulator, internet, close };
}

/** For a page that reads from a bucket: the object `big.bin`. */
async function storeBigFile(
  { url }: RunningEmulator,
  buckets: string[],
  LocalFilePath: string,
): Promise<void> {
  const cos = createCos({ ...KEYS, Region: "ap-guangzhou", Endpoint: `${url}/{Bucket}` });
  for (const Bucket of buckets) await cos.uploadFile({ Bucket, Key: "big.bin", LocalFilePath });
  await cos.close();
}

export function bigBytes(): Uint8Array {
  return pseudoRandomBytes(BIG_BYTES, 4);
}

async function writeFiles(folder: string, bigFile: string): Promise<void> {
  for (const [name, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  await copyFile(bigFile, join(folder, "big.bin"), constants.COPYFILE_FICLONE);
}

/** `cosup`, and an `npx` that knows no other program and downloads nothing. */
async function writePrograms(bin: string): Promise<void> {
  await mkdir(bin, { recursive: true });
  const npx = `#!/bin/sh\n[ "$1" = cosup ] || { echo "npx $1: not in the sandbox" >&2; exit 127; }\nexec "$@"\n`;
  await symlink(join(root, "packages/cli/bin/cosup.js"), join(bin, "cosup"));
  await writeFile(join(bin, "npx"), npx, { mode: 0o755 });
  await writeFile(join(bin, "npm"), "#!/bin/sh\necho 'npm: not in the sandbox' >&2\nexit 127\n", {
    mode: 0o755,
  });
}

function environment(home: string, proxy: string): Record<string, string> {
  return {
    PATH: [join(home, "bin"), dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
    HOME: home,
    TMPDIR: tmpdir(),
    LANG: "C.UTF-8",
    NO_COLOR: "1",
    COS_SECRET_ID: KEYS.SecretId,
    COS_SECRET_KEY: KEYS.SecretKey,
    COS_REGION: "ap-guangzhou",
    COSUP_CONTROL_TOKEN: CONTROL_TOKEN,
    TOKEN: CONTROL_TOKEN,
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    NO_PROXY: "127.0.0.1,localhost",
    NODE_EXTRA_CA_CERTS: CA_FILE,
  };
}

/** The server of a reader: it gives out temporary keys, and has a file at every other path. */
async function startSite(): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.startsWith("/cos-credentials") !== true) return response.end(FILES["report.pdf"]);
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const keys = { SecretId: "TEMPORARY", SecretKey: "KEY", Token: "TOKEN", expiresAt };
    return response.setHeader("content-type", "application/json").end(JSON.stringify(keys));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, close };
}
