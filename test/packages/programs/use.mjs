// A program of a user: uploads to the emulator at argv[2], and verifies what is there. It prints "used" at the end.
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCos, isCosError, ServiceError } from "@cosup/node";

const SIZE = 21 * 1024 * 1024 + 1;
const Bucket = "packages-1250000000";
const account = { Region: "ap-guangzhou", SecretId: "id", SecretKey: "key" };

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "cosup-used-"));
  const cos = createCos({ ...account, Endpoint: `${process.argv[2]}/{Bucket}` });
  try {
    const bytes = randomBytes(SIZE);
    const path = join(folder, "large.bin");
    writeFileSync(path, bytes);
    const { partsSent } = await cos.uploadFile({ Bucket, Key: "large.bin", LocalFilePath: path });
    check(partsSent > 1, "an upload in parts");
    const { Body } = await cos.getObject({ Bucket, Key: "large.bin" });
    const hash = createHash("sha256");
    for await (const chunk of Body) hash.update(chunk);
    check(
      hash.digest("hex") === createHash("sha256").update(bytes).digest("hex"),
      "the bytes that were sent",
    );
    const directory = { Bucket, Prefix: "folder/", LocalDirectoryPath: folder, include: ["*.bin"] };
    check((await cos.uploadDirectory(directory)).uploaded === 1, "a folder with a glob");
    const missing = await cos.headObject({ Bucket, Key: "none" }).catch((error) => error);
    check(missing instanceof ServiceError && isCosError(missing), "an error of its class");
    await throughProxy();
  } finally {
    await cos.close();
    rmSync(folder, { recursive: true });
  }
}

/** What is loaded for a proxy is there: the failure is that of a connection. */
async function throughProxy() {
  const Endpoint = "http://127.0.0.1:1/{Bucket}";
  const cos = createCos({ ...account, Endpoint, proxy: "http://127.0.0.1:1", maxAttempts: 1 });
  const error = await cos.headObject({ Bucket, Key: "none" }).catch((reason) => reason);
  check(/ECONNREFUSED/.test(error.message), `a connection that is refused, not ${error.message}`);
  await cos.close();
}

function check(holds, what) {
  if (!holds) throw new Error(`expected ${what}`);
}

main().then(
  () => console.log("used"),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
