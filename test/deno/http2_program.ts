// One upload in parts over HTTP/2 or not, for test/node-faults/http2-runtimes.test.ts. The argument is a job in JSON.
import { createCos } from "@cosup/deno";

const { endpoint, action, megabytes, agent } = JSON.parse(Deno.args[0] ?? "");
// The certificates are those of DENO_CERT.
const client = agent === undefined ? undefined : Deno.createHttpClient(agent);
const retries: string[] = [];
const warnings: string[] = [];
const cos = createCos({
  Region: "ap-guangzhou",
  SecretId: "AKIDhttp2",
  SecretKey: "secret",
  Endpoint: `${endpoint}/{Bucket}`,
  client,
  onRetry: ({ operation, errorCode }) => retries.push(`${operation}: ${errorCode}`),
});
const object = { Bucket: "b-1250000000", Key: `http2-${action}` };
const Body = new Uint8Array(action === "parts" ? megabytes * 1024 ** 2 : 1000).fill(7);
const outcome = await cos
  .uploadFile({ ...object, Body, PartSize: 8, onWarning: ({ code }) => warnings.push(code) })
  .then(
    ({ size }) => size,
    (error) => ({ code: error.code, message: error.message, hint: error.hint }),
  );
await cos.close();
client?.close();
console.log(JSON.stringify({ outcome, retries, warnings }));
