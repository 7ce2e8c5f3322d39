// From nothing imported to the first signed request, as the SDK announces it. It is sent on, so that the sink can prove it.
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
