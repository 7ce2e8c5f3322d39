// Measures the time from the first import to the first signed request, as reported by an event of undici. The request is
// also sent, so that the sink can verify it.
import diagnostics from "node:diagnostics_channel";
import { Bucket, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, body } = readOptions();
let readyMs = 0;

await measured(async () => {
  const start = performance.now();
  diagnostics.subscribe("undici:request:create", () => {
    readyMs ||= performance.now() - start;
  });
  const { createCos } = await import("../../packages/node/dist/index.js");
  const cos = createCos({ Endpoint: origin, SecretId, SecretKey });
  await cos.putObject({ Bucket, Key: "first", Body: body });
  return { readyMs };
});
