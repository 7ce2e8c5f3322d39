import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Starts the emulator on a free port, in a separate process that a killed client cannot affect. */
export async function startEmulatorProcess(data) {
  const log = `${data}.log`;
  const script = fileURLToPath(new URL("./emulator-child.mjs", import.meta.url));
  const token = randomUUID();
  const child = spawn(process.execPath, [script, data, log, token], { stdio: ["ignore", "pipe", "inherit"] });
  const [first] = await once(child.stdout, "data");
  const port = Number(String(first).trim());
  return {
    log,
    port,
    location: (key) => `cos://demo-1250000000/${key}`,
    flags: ["--region", "ap-guangzhou", "--endpoint", `http://127.0.0.1:${port}/{Bucket}`],
    environment: { ...process.env, COS_SECRET_ID: "ID", COS_SECRET_KEY: "KEY" },
    /** From now on, only so many parts get a response. */
    respondTo: async (parts) => {
      const match = { nth: parts + 1 };
      const silence = { op: "UploadPart", when: "before-headers", match, times: "forever", fault: "silence" };
      const { ok, status } = await fetch(`http://127.0.0.1:${port}/_cosup/faults/default`, {
        method: "PUT",
        headers: { "x-cosup-token": token },
        body: JSON.stringify(parts === Infinity ? [] : [silence]),
      });
      if (!ok) throw new Error(`faults: status ${status}`);
    },
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
