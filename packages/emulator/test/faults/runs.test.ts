import { readFile, rm, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectAllFired, type Instruction, loadFaults, type Receipt } from "../../src/index.ts";
import { type Ask, authorize, BUCKET, HOST, KEYS, queryText, type Rig, startRig, textIn } from "../rig.ts";
import { firedIn, inRun, newRun, receiptOf, see } from "./observe.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ faults: true });
});
afterAll(() => rig.stop());

const PUT: Ask = { method: "PUT", path: "/k", body: "x" };
const busy = (more: Partial<Instruction> = {}): Instruction => ({
  op: "PutObject",
  when: "before-headers",
  fault: { kind: "status", status: 503 },
  ...more,
});

describe("receipts", () => {
  test("tell exactly what was struck", async () => {
    const script = [
      busy({ match: { key: "a*" }, times: 2 }),
      busy({ op: "*", match: { nth: 4 }, when: "before-accept", fault: "reset" }),
      busy({ op: "UploadPart", match: { part: 2 } }),
    ];
    const run = newRun(rig, script);
    for (const path of ["/a1", "/b", "/a2", "/a3", "/a4"]) await see(rig, inRun({ ...PUT, path }, run));
    await see(
      rig,
      inRun({ method: "PUT", path: "/p", query: { partNumber: "2", uploadId: "u" }, body: "x" }, run),
    );
    const receipt = receiptOf(rig, run);
    expect(receipt.requests).toBe(6);
    expect(receipt.instructions.map(({ matched, fired }) => [matched, fired])).toEqual([
      [4, 2],
      [6, 1],
      [1, 1],
    ]);
    expect(receipt.instructions.map(({ instruction }) => instruction)).toEqual(script);
    const keys = receipt.instructions.map(({ requests }) => requests.map((hit) => hit.key));
    expect(keys).toEqual([["a1", "a2"], ["a3"], ["p"]]);
    expect(receipt.instructions[2]?.requests[0]).toEqual({
      requestId: expect.stringMatching(/^[A-Za-z0-9+/=]{30,}$/),
      operation: "UploadPart",
      method: "PUT",
      key: "p",
      partNumber: 2,
      at: new Date(rig.nowMs).toISOString(),
    });
  });

  test("the request ids are those of the answers", async () => {
    const run = newRun(rig, busy());
    const seen = await see(rig, inRun(PUT, run));
    expect(receiptOf(rig, run).instructions[0]?.requests[0]?.requestId).toBe(textIn(seen.body, "RequestId"));
  });

  test("instructions for one moment take turns, those for different moments do not", async () => {
    const run = newRun(rig, [
      busy({ fault: { kind: "status", status: 500 } }),
      busy({ fault: { kind: "status", status: 502 } }),
      busy({ when: "before-accept", fault: { kind: "delay", ms: 30 } }),
    ]);
    const first = await see(rig, inRun(PUT, run));
    expect([first.status, first.ms > 25]).toEqual([500, true]);
    expect(firedIn(rig, run)).toEqual([1, 0, 1]);
    expect((await see(rig, inRun(PUT, run))).status).toBe(502);
    expect((await see(rig, inRun(PUT, run))).status).toBe(200);
  });

  test("requests at the same time do not strike more often than times says", async () => {
    const run = newRun(rig, busy({ when: "after-body-before-commit", times: 3 }));
    const seen = await Promise.all(Array.from({ length: 12 }, () => see(rig, inRun(PUT, run))));
    expect(seen.filter(({ status }) => status === 503).length).toBe(3);
    expect(firedIn(rig, run)).toEqual([3]);
  });

  test("forever is forever, and keeps the first thousand", async () => {
    const run = newRun(rig, busy({ op: "HeadObject", times: "forever" }));
    for (let round = 0; round < 30; round++) {
      await Promise.all(
        Array.from({ length: 34 }, () => rig.ask(inRun({ method: "HEAD", path: "/h" }, run))),
      );
    }
    const [only] = receiptOf(rig, run).instructions;
    expect([only?.fired, only?.requests.length]).toEqual([1020, 1000]);
  });

  test("expectAllFired names what never fired", async () => {
    const run = newRun(rig, [busy(), busy({ op: "UploadPart", match: { part: 7 } })]);
    await see(rig, inRun(PUT, run));
    const expected = `fault run "${run}":\n  [1] {"op":"UploadPart"`;
    expect(() => rig.faults.expectAllFired(run)).toThrow(expected);
    expect(() => rig.faults.expectAllFired(run)).toThrow("never fired, 0 of 1 requests matched");
    expect(() => expectAllFired(receiptOf(rig, run))).toThrow(expected);
    expect(() => rig.faults.expectAllFired("nobody")).toThrow('there is no fault run "nobody"');
    await see(rig, inRun({ ...PUT, query: { partNumber: "7", uploadId: "u" } }, run));
    rig.faults.expectAllFired(run);
  });
});

describe("runs", () => {
  test("do not see each other", async () => {
    const runs = [500, 502, 503, 504].map((status) => ({
      status,
      run: newRun(rig, busy({ fault: { kind: "status", status }, times: 25 })),
    }));
    const seen = await Promise.all(
      runs.flatMap(({ run, status }) =>
        Array.from({ length: 25 }, async () => [status, (await see(rig, inRun(PUT, run))).status]),
      ),
    );
    for (const [expected, status] of seen) expect(status).toBe(expected);
    for (const { run } of runs) {
      expect(receiptOf(rig, run)).toMatchObject({ requests: 25, instructions: [{ fired: 25 }] });
    }
    expect((await see(rig, PUT)).status).toBe(200);
  });

  test("are selected by header, by key id, or by the key id of a presigned URL", async () => {
    const run = newRun(rig, busy({ times: 3 }));
    const byHeader = await see(rig, { ...PUT, headers: { "x-cosup-run": run } });
    const byKey = await see(rig, inRun(PUT, run));
    const [now, secretId] = [Math.floor(rig.nowMs / 1000), `${KEYS.secretId}@${run}`];
    const signature = authorize({ ...PUT, sign: { secretId } }, { host: HOST }, now);
    const query = Object.fromEntries(new URLSearchParams(signature).entries());
    const target = `/k?${queryText(query)}`;
    const presigned = await rig.raw(
      `PUT ${target} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    );
    expect([byHeader.status, byKey.status, presigned.slice(9, 12)]).toEqual([503, 503, "503"]);
    expect(firedIn(rig, run)).toEqual([3]);
  });

  test("a header and a key id that name two of them are refused", async () => {
    const [one, other] = [newRun(rig, busy()), newRun(rig, busy())];
    const seen = await see(rig, { ...inRun(PUT, one), headers: { "x-cosup-run": other } });
    expect(seen.code).toBe("InvalidAccessKeyId");
    expect([firedIn(rig, one), firedIn(rig, other)]).toEqual([[0], [0]]);
  });

  test("an unknown one is refused, rather than that nothing goes wrong", async () => {
    const seen = await see(rig, inRun(PUT, "never-installed"));
    expect([seen.status, seen.code]).toEqual([400, "NoSuchFaultRun"]);
    expect(seen.body).toContain("never-installed");
    const byHeader = await see(rig, { ...PUT, headers: { "x-cosup-run": "never-installed" } });
    expect(byHeader.code).toBe("NoSuchFaultRun");
  });

  test("installing one again begins anew; removing it ends it", async () => {
    const run = newRun(rig, busy({ times: "forever" }));
    await see(rig, inRun(PUT, run));
    rig.faults.install(run, [busy({ op: "GetObject" })]);
    expect(receiptOf(rig, run)).toMatchObject({ requests: 0, instructions: [{ fired: 0 }] });
    expect((await see(rig, inRun(PUT, run))).status).toBe(200);
    expect([rig.faults.remove(run), rig.faults.remove(run)]).toEqual([true, false]);
    expect((await see(rig, inRun(PUT, run))).code).toBe("NoSuchFaultRun");
  });

  test("requests that no operation answers to are not counted, and are refused as ever", async () => {
    const run = newRun(rig, busy({ op: "*", times: "forever" }));
    expect((await see(rig, inRun({ method: "PATCH", path: "/k" }, run))).code).toBe("MethodNotAllowed");
    expect(receiptOf(rig, run).requests).toBe(0);
  });
});

describe("without the option", () => {
  test("nothing names a run, and nothing can be installed", async () => {
    const plain = await startRig();
    expect((await see(plain, { ...PUT, headers: { "x-cosup-run": "r" } })).status).toBe(200);
    expect((await see(plain, inRun(PUT, "r"))).code).toBe("InvalidAccessKeyId");
    expect(() => plain.faults.install("r", [])).toThrow("{ faults: true }");
    expect(() => plain.faults.expectAllFired("r")).toThrow("{ faults: true }");
    const admin = await fetch(`http://127.0.0.1:${plain.port}/_cosup/faults/r`, {
      method: "PUT",
      body: "[]",
    });
    expect([admin.status, await admin.json()]).toEqual([
      403,
      { error: expect.stringContaining("faults are off") },
    ]);
    await plain.stop();
  });
});

describe("a script for all requests", () => {
  const script = [busy({ times: 1 }), busy({ op: "GetObject" })];

  test("from an array, or from a file", async () => {
    const path = join(rig.data, "faults.json");
    await writeFile(path, JSON.stringify(script));
    expect(await loadFaults(path)).toEqual(script);
    for (const faults of [script, path]) {
      const other = await startRig({ faults });
      expect([(await see(other, PUT)).status, (await see(other, PUT)).status]).toEqual([503, 200]);
      const named = newRun(other, []);
      expect((await see(other, inRun({ method: "GET", path: "/k" }, named))).status).toBe(200);
      expect((await see(other, { method: "GET", path: "/k" })).status).toBe(503);
      other.faults.expectAllFired("default");
      await other.stop();
    }
    await rm(path);
  });

  test("a file that is wrong is named", async () => {
    const path = join(rig.data, "wrong.json");
    await writeFile(path, "{ not json");
    await expect(loadFaults(path)).rejects.toThrow(`${path}: is not JSON`);
    await writeFile(path, JSON.stringify([busy(), { ...busy(), op: "PutObjekt" }]));
    await expect(loadFaults(path)).rejects.toThrow(
      `${path}[1].op: is "PutObjekt"; accepted: "*" or one of Abort`,
    );
    await expect(startRig({ faults: path })).rejects.toThrow("PutObjekt");
    await expect(loadFaults(join(rig.data, "missing.json"))).rejects.toThrow("ENOENT");
    await rm(path);
  });

  test("the example of the documentation is one", async () => {
    const text = await readFile(new URL("../../../../docs/faults.md", import.meta.url), "utf8");
    const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => JSON.parse(match[1] ?? ""));
    const rows = [...text.matchAll(/\| `(\{"op".*?\})` +\|/g)].map((match) =>
      JSON.parse((match[1] ?? "").replaceAll("\\|", "|")),
    );
    expect([examples.length, rows.length]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(rows.length).toBeGreaterThan(24);
    for (const example of examples)
      expect(rig.faults.install("documented", example).instructions.length).toBeGreaterThan(0);
    expect(rig.faults.install("documented", rows).instructions.length).toBe(rows.length);
  });
});

describe("/_cosup/faults", () => {
  const call = async (method: string, run: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`http://127.0.0.1:${rig.port}/_cosup/faults/${run}`, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, json: text === "" ? undefined : JSON.parse(text) };
  };

  test("PUT, GET, DELETE", async () => {
    expect((await call("PUT", "http.run-1", [busy()])).json).toMatchObject({
      run: "http.run-1",
      requests: 0,
    });
    expect((await see(rig, inRun(PUT, "http.run-1"))).status).toBe(503);
    const receipt: Receipt = (await call("GET", "http.run-1")).json;
    expect(receipt).toEqual(rig.faults.receipt("http.run-1"));
    expect(receipt.instructions[0]?.fired).toBe(1);
    expect((await call("DELETE", "http.run-1")).status).toBe(204);
    expect((await call("GET", "http.run-1")).status).toBe(404);
    expect((await call("DELETE", "http.run-1")).status).toBe(404);
  });

  test("what is wrong with a script is told with its field", async () => {
    const wrong = await call("PUT", "wrong", [busy({ times: 0 })]);
    expect(wrong).toEqual({
      status: 400,
      json: {
        field: "[0].times",
        error: expect.stringMatching(/^\[0\]\.times: is 0; accepted: .*"forever"$/),
      },
    });
    expect((await call("PUT", "wrong", "[")).json.error).toMatch(/^not JSON/);
    expect((await call("PUT", "wrong", `["${"x".repeat(1024 * 1024)}"]`)).status).toBe(413);
    expect((await call("GET", "wrong")).status).toBe(404);
    expect((await call("POST", "wrong")).status).toBe(405);
    expect((await call("PUT", "a%2Fb", [])).status).toBe(404);
    expect((await call("GET", "")).status).toBe(404);
  });

  test("a page of the web is refused", async () => {
    const seen = await call("PUT", "page", [busy()], { origin: "https://evil.example" });
    expect([seen.status, rig.faults.receipt("page")]).toEqual([403, undefined]);
  });

  test("other machines are refused", async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === "IPv4" && !address.internal);
    const other = await startRig({ faults: true, host: "0.0.0.0" });
    if (outside) {
      const answer = await fetch(`http://${outside.address}:${other.port}/_cosup/faults/r`, {
        method: "PUT",
        body: "[]",
      });
      expect([answer.status, await answer.json()]).toEqual([403, { error: "only from this machine" }]);
    }
    const answer = await fetch(`http://127.0.0.1:${other.port}/_cosup/faults/r`, {
      method: "PUT",
      body: "[]",
    });
    expect(answer.status).toBe(200);
    await other.stop();
  });

  test("on a bucket's host it is a key like any other", async () => {
    const path = "/_cosup/faults/mine";
    expect((await rig.ask({ method: "PUT", path, body: "object" })).status).toBe(200);
    expect((await rig.ask({ method: "GET", path })).text).toBe("object");
    expect((await rig.ask({ method: "PUT", path, body: "x", sign: false })).code).toBe("AccessDenied");
    expect(rig.faults.receipt("mine")).toBeUndefined();
    const inPath = `/${BUCKET}${path}`;
    const ask: Ask = { method: "GET", path: inPath, host: `127.0.0.1:${rig.port}` };
    expect((await rig.ask(ask)).text).toBe("object");
  });
});
