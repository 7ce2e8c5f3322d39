// Does one thing over a dispatcher, and prints what its hooks and its caller were told. The argument is a job in JSON.
import { createCos } from "@cosup/node";

const { undici, agent, endpoint, action, megabytes } = JSON.parse(process.argv[2] ?? "");
const dispatcher = undici === undefined ? undefined : new (await import(undici)).Agent(agent);
const retries = [];
const warnings = [];
const cos = createCos({
  Region: "ap-guangzhou",
  SecretId: "AKIDhttp2",
  SecretKey: "secret",
  Endpoint: `${endpoint}/{Bucket}`,
  dispatcher,
  onRetry: ({ operation, errorCode }) => retries.push(`${operation}: ${errorCode}`),
});
const object = { Bucket: "b-1250000000", Key: `http2-${action}` };
const onWarning = ({ code }) => warnings.push(code);

/** Bytes that differ from part to part. */
function bytesOf(length) {
  return new Uint8Array(length).map((_, at) => (at >> 12) * 31);
}

const actions = {
  parts: () => cos.uploadFile({ ...object, Body: bytesOf(megabytes * 1024 ** 2), PartSize: 8, onWarning }),
  put: () => cos.putObject({ ...object, Body: bytesOf(1000), onWarning }),
  append: () => cos.appendObject({ ...object, Position: 0, Data: bytesOf(1000) }),
};
const outcome = await actions[action]().then(
  ({ size, nextAppendPosition }) => size ?? nextAppendPosition,
  (error) => ({ code: error.code, message: error.message, hint: error.hint }),
);
await cos.close();
await dispatcher?.destroy();
console.log(JSON.stringify({ outcome, retries, warnings }));
