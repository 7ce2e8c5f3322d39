// From nothing imported to the first signed request, as undici announces it. It is sent on, so that the sink can prove it.
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
