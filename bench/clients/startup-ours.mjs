// From nothing imported to the first signed request, handed to undici. It is sent on, so that the sink can prove it.
import { Bucket, SecretId, SecretKey } from "./identity.mjs";
import { measured, readOptions } from "./measured.mjs";

const { origin, body } = readOptions();
let readyMs = 0;

await measured(async () => {
  const start = performance.now();
  const { createCos } = await import("../../packages/node/dist/index.js");
  // The SDK has loaded it already.
  const { Agent } = await import("undici");
  const dispatcher = new Agent().compose((dispatch) => (options, handler) => {
    readyMs ||= performance.now() - start;
    return dispatch(options, handler);
  });
  const cos = createCos({ Endpoint: origin, SecretId, SecretKey, dispatcher });
  await cos.putObject({ Bucket, Key: "first", Body: body });
  return { readyMs };
});
