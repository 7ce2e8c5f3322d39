// Measures the time from the first import to the first signed request, as reported by an event of the SDK. The request is
// also sent, so that the sink can verify it.
import { Bucket, Region, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, body } = readOptions();
const { protocol, host } = new URL(origin);
let readyMs = 0;

await measured(async () => {
  const start = performance.now();
  const { default: COS } = await import("cos-nodejs-sdk-v5");
  const cos = new COS({ SecretId, SecretKey, Protocol: protocol, Domain: host });
  cos.on("before-send", () => {
    readyMs ||= performance.now() - start;
  });
  await cos.putObject({ Bucket, Region, Key: "first", Body: body });
  return { readyMs };
});
