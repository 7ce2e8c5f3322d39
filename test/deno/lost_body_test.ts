import { assert, test } from "./rig.ts";
import { OK, respondingWith, wire } from "./wire_rig.ts";

const LENGTH = 100_000;

/** A body in WASM memory, and what empties it. */
function lossy(): [body: Uint8Array, lose: () => void] {
  const memory = new WebAssembly.Memory({ initial: 4 });
  return [new Uint8Array(memory.buffer, 65_536, LENGTH), () => memory.grow(1)];
}

test("a body that is lost before its request is written is an error, and no request", async () => {
  const bodies: Uint8Array[] = [];
  using server = respondingWith(OK, [], bodies);
  await using http = wire();
  const lost = { message: "the bytes were transferred while they were uploaded" };
  const [early, loseEarly] = lossy();
  loseEarly();
  await assert.rejects(http.send(server.url, { method: "PUT", body: early }), lost);
  // The socket comes a turn later.
  const [late, loseLate] = lossy();
  const sent = http.send(server.url, { method: "PUT", body: late });
  loseLate();
  await assert.rejects(sent, lost);
  assert.equal(bodies.length, 0);
  await http.send(server.url, { method: "PUT", body: new Uint8Array(LENGTH) });
  // Over the connection that is kept.
  const [again, loseAgain] = lossy();
  const queued = http.send(server.url, { method: "PUT", body: again });
  loseAgain();
  await assert.rejects(queued, lost);
  await http.send(server.url, { method: "PUT", body: new Uint8Array(LENGTH) });
  assert.equal(bodies.length, 2);
});
