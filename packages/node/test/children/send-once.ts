import { createTransport } from "../../src/transport.ts";

// Sends one request and closes nothing. The process must still end by itself.
const [url = ""] = process.argv.slice(2);
const signal = new AbortController().signal;
const response = await createTransport().send({
  method: "GET",
  url,
  headers: {},
  signal,
  freshConnection: false,
});
process.stdout.write(`${await response.text()}\n`);
process.stdin.destroy();
