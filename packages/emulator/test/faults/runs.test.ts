import { describe, expect, test } from "vitest";
import { expectAllFired } from "../../src/index.ts";
import { authorize, HOST, KEYS, queryText, startRig, textIn } from "../rig.ts";
import { firedIn, inRun, newRun, receiptOf, see } from "./observe.ts";
import { busy, PUT, rig, useRig } from "./runs-rig.ts";

useRig();

describe("receipts", () => {
  test("list exactly the requests at which a fault fired", async () => {
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

  test("the request ids are those of the responses", async () => {
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

  test("concurrent requests do not fire an instruction more often than times", async () => {
    const run = newRun(rig, busy({ when: "after-body-before-commit", times: 3 }));
    const seen = await Promise.all(Array.from({ length: 12 }, () => see(rig, inRun(PUT, run))));
    expect(seen.filter(({ status }) => status === 503).length).toBe(3);
    expect(firedIn(rig, run)).toEqual([3]);
  });

  test("forever has no limit, and the receipt keeps the first 1000 requests", async () => {
    const run = newRun(rig, busy({ op: "HeadObject", times: "forever" }));
    for (let round = 0; round < 30; round++) {
      await Promise.all(
        Array.from({ length: 34 }, () => rig.ask(inRun({ method: "HEAD", path: "/h" }, run))),
      );
    }
    const [only] = receiptOf(rig, run).instructions;
    expect([only?.fired, only?.requests.length]).toEqual([1020, 1000]);
  });

  test("expectAllFired names the instructions that did not fire", async () => {
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
  test("are independent", async () => {
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

  test("a request whose header and key id name two runs is refused", async () => {
    const [one, other] = [newRun(rig, busy()), newRun(rig, busy())];
    const seen = await see(rig, { ...inRun(PUT, one), headers: { "x-cosup-run": other } });
    expect(seen.code).toBe("InvalidAccessKeyId");
    expect([firedIn(rig, one), firedIn(rig, other)]).toEqual([[0], [0]]);
  });

  test("a request of an unknown run is refused", async () => {
    const seen = await see(rig, inRun(PUT, "never-installed"));
    expect([seen.status, seen.code]).toEqual([400, "NoSuchFaultRun"]);
    expect(seen.body).toContain("never-installed");
    const byHeader = await see(rig, { ...PUT, headers: { "x-cosup-run": "never-installed" } });
    expect(byHeader.code).toBe("NoSuchFaultRun");
  });

  test("installing a run again resets it; removing it ends it", async () => {
    const run = newRun(rig, busy({ times: "forever" }));
    await see(rig, inRun(PUT, run));
    rig.faults.install(run, [busy({ op: "GetObject" })]);
    expect(receiptOf(rig, run)).toMatchObject({ requests: 0, instructions: [{ fired: 0 }] });
    expect((await see(rig, inRun(PUT, run))).status).toBe(200);
    expect([rig.faults.remove(run), rig.faults.remove(run)]).toEqual([true, false]);
    expect((await see(rig, inRun(PUT, run))).code).toBe("NoSuchFaultRun");
  });

  test("requests without a known operation are refused and not counted", async () => {
    const run = newRun(rig, busy({ op: "*", times: "forever" }));
    expect((await see(rig, inRun({ method: "PATCH", path: "/k" }, run))).code).toBe("MethodNotAllowed");
    expect(receiptOf(rig, run).requests).toBe(0);
  });
});

describe("without the option", () => {
  test("run names are ignored, and no script can be installed", async () => {
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
