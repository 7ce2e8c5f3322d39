import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Starts the emulator on a free port, in a separate process that a killed client cannot affect. */
export async function startEmulatorProcess(data) {
  const log = `${data}.log`;
  const script = fileURLToPath(new URL("./emulator-child.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, data, log], { stdio: ["ignore", "pipe", "inherit"] });
  const [first] = await once(child.stdout, "data");
  const port = Number(String(first).trim());
  return {
    log,
    port,
    location: (key) => `cos://demo-1250000000/${key}`,
    flags: ["--region", "ap-guangzhou", "--endpoint", `http://127.0.0.1:${port}/{Bucket}`],
    environment: { ...process.env, COS_SECRET_ID: "ID", COS_SECRET_KEY: "KEY" },
    stop: async () => {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
