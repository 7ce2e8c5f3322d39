import { describe, expect, test } from "vitest";
import { textIn } from "../rig.ts";
import { firedIn, injectFault, inRun, newRun, see } from "./observe.ts";
import { exists, HEAD, put, READ, rig, useRig } from "./responses-rig.ts";

useRig();

describe("status", () => {
  test.each([400, 403, 404, 408, 409, 412, 416, 429, 500, 502, 503, 504])("%d, once", async (status) => {
    const run = newRun(rig, { op: "PutObject", when: "before-headers", fault: { kind: "status", status } });
    const path = `/status-${status}`;
    const first = await see(rig, inRun(put(path), run));
    expect([first.status, first.end]).toEqual([status, "fin"]);
    expect(first.code).toMatch(/^[A-Z]\w+$/);
    expect(textIn(first.body, "RequestId")).toBe(/x-cos-request-id: (\S+)/.exec(first.head)?.[1]);
    expect(await exists(path)).toBe(false);
    expect((await see(rig, inRun(put(path), run))).status).toBe(200);
    expect(firedIn(rig, run)).toEqual([1]);
  });

  test.each([
    ["SlowDown", 503],
    ["EntityTooLarge", 400],
    ["ExpiredToken", 400],
    ["NoSuchUpload", 404],
    ["AccessDenied", 403],
    ["SomethingNew", 503],
  ])("code %s travels on %d", async (code, status) => {
    const { seen } = await injectFault(
      rig,
      { op: "PutObject", when: "before-accept", fault: { kind: "status", code } },
      put("/code"),
    );
    expect([seen.code, seen.status]).toEqual([code, status]);
  });

  test.each([
    ["before-accept", false],
    ["before-headers", false],
    ["after-4-bytes-of-request", false],
    ["after-body-before-commit", false],
    ["after-commit-before-response", true],
  ] as const)("%s: stored %s", async (when, committed) => {
    const path = `/status-${when}`;
    const { seen } = await injectFault(
      rig,
      { op: "PutObject", when, fault: { kind: "status", status: 500, message: "A <b> & c." } },
      put(path),
    );
    expect([seen.status, seen.code]).toEqual([500, "InternalError"]);
    expect(seen.body).toContain("<Message>A &lt;b&gt; &amp; c.</Message>");
    expect(await exists(path)).toBe(committed);
  });

  test("without a request id, as from a proxy", async () => {
    const { seen } = await injectFault(
      rig,
      { op: "*", when: "before-headers", fault: { kind: "status", status: 502, requestId: false } },
      READ,
    );
    expect([seen.status, seen.code]).toEqual([502, "BadGateway"]);
    expect(seen.text).not.toMatch(/request-id|RequestId|tencent/i);
  });

  test("with an HTML page, or with nothing", async () => {
    const page = await injectFault(
      rig,
      { op: "*", when: "before-headers", fault: { kind: "status", status: 503, body: "html" } },
      READ,
    );
    expect(page.seen.head).toMatch(/Content-Type: text\/html/);
    expect(page.seen.body).toMatch(/^<html>/);
    const none = await injectFault(
      rig,
      { op: "*", when: "before-headers", fault: { kind: "status", status: 503, body: "empty" } },
      READ,
    );
    expect([none.seen.status, none.seen.body]).toEqual([503, ""]);
    expect(none.seen.head).toMatch(/x-cos-request-id/);
  });

  test("HEAD has a status and no body", async () => {
    const { seen } = await injectFault(
      rig,
      { op: "HeadObject", when: "before-headers", fault: { kind: "status", status: 500 } },
      HEAD,
    );
    expect([seen.status, seen.body]).toEqual([500, ""]);
  });

  test.each([
    [{ retryAfter: 7 }, "7"],
    [{ retryAfter: 99_999_999 }, "99999999"],
    [{ retryAfter: "soon" }, "soon"],
    [{ retryAfterDate: 60 }, new Date(20_000 * 86_400_000 + 60_000).toUTCString()],
  ])("Retry-After %j", async (more, value) => {
    const { seen } = await injectFault(
      rig,
      { op: "*", when: "before-headers", fault: { kind: "status", status: 503, ...more } },
      READ,
    );
    expect(/Retry-After: (.*)/.exec(seen.head)?.[1]).toBe(value);
  });

  test("nth and times count the requests that match", async () => {
    const run = newRun(rig, {
      op: "GetObject",
      match: { key: "th?r*", nth: 2 },
      when: "before-headers",
      fault: { kind: "status", status: 503 },
      times: 2,
    });
    const statuses: (number | undefined)[] = [];
    for (const ask of [READ, { ...READ, path: "/other" }, HEAD, READ, READ, READ]) {
      statuses.push((await see(rig, inRun(ask, run))).status);
    }
    expect(statuses).toEqual([200, 404, 200, 503, 503, 200]);
    expect(rig.faults.receipt(run)?.instructions[0]).toMatchObject({ matched: 4, fired: 2 });
  });
});

test("deny is AccessDenied", async () => {
  const { seen } = await injectFault(
    rig,
    { op: "HeadObject", when: "before-headers", fault: "deny", times: "forever" },
    HEAD,
  );
  expect(seen.status).toBe(403);
  const listed = await injectFault(
    rig,
    { op: "ListObjects", when: "before-headers", fault: "deny" },
    { method: "GET", path: "/" },
  );
  expect(listed.seen.code).toBe("AccessDenied");
});

test.each([301, 302, 307, 308])("redirect %d", async (status) => {
  const location = "http://elsewhere.example/x";
  const { seen } = await injectFault(
    rig,
    { op: "*", when: "before-headers", fault: { kind: "redirect", location, status } },
    put("/moved"),
  );
  expect(seen.status).toBe(status);
  expect(seen.text).toContain(`Location: ${location}\r\n`);
  expect(await exists("/moved")).toBe(false);
});
