// Prints the MD5 of what a URL gives through the proxy of `http_proxy`, or the response that was no success.
import { createHash } from "node:crypto";
import { request } from "node:http";

const url = new URL(process.argv[2] ?? "");
const { env } = process;
const { hostname, port } = new URL(env.http_proxy ?? "");
request({ hostname, port, path: url.href, headers: { host: url.host } }, async (response) => {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  console.log(response.statusCode === 200 ? createHash("md5").update(bytes).digest("hex") : String(bytes));
}).end();
