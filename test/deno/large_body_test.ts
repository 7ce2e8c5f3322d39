import { request as plainRequest } from "node:http";
import { sendBody, writeBytes } from "../../packages/deno/http/send_body.ts";
import { assert, noise, sameBytes, test } from "./rig.ts";
import { OK, respondingWith } from "./wire_rig.ts";

test("a body that is sent in several writes arrives complete, with its length", async () => {
  const bodies: Uint8Array[] = [];
  using server = respondingWith(OK, [], bodies);
  for (const length of [1, 999, 1000, 1001, 5000, 123_457]) {
    const body = noise(length, length);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { "content-length": String(length) };
      const outgoing = plainRequest(server.url, { method: "PUT", headers, agent: false }, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode));
      });
      outgoing.on("error", reject);
      sendBody(outgoing, body, 1000);
    });
    assert.equal(status, 200);
    assert.ok(sameBytes(bodies.at(-1) ?? new Uint8Array(0), body), `${length} bytes`);
  }
});

test("an encrypted body is written in small pieces, because Deno encrypts a whole write at once", () => {
  assert.ok(writeBytes("https://examplebucket-1250000000.cos.ap-guangzhou.myqcloud.com/key") <= 256 * 1024);
  assert.ok(writeBytes("http://127.0.0.1:9000/key") >= 64 * 1024 ** 2);
});
