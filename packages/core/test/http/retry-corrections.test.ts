import { describe, expect, test } from "vitest";
import type { Credentials } from "../../src/auth/credentials.ts";
import { ServiceError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { authorization, Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, errorDocument, fakeWire, refusal, scriptedWire } from "../support/wire.ts";

const HOUR = 3_600_000;
const object = { Bucket, Key };

/** A COS whose clock is `aheadMs` ahead of the client's, and which refuses signatures outside their validity. */
function skewedCos(clock: VirtualClock, aheadMs: number, how: "RequestTimeTooSkewed" | "AccessDenied") {
  return fakeWire(clock, (request) => {
    const now = (clock.now() + aheadMs) / 1000;
    const [start = 0, end = 0] = (authorization(request.headers)["q-sign-time"] ?? "").split(";").map(Number);
    const date = { date: new Date(now * 1000).toUTCString() };
    if (now >= start && now <= end) return cosResponse(204, date);
    return refusal(403, how, how === "AccessDenied" ? "Request has expired" : "", date);
  });
}

describe("sendWithRetry() with a clock that is wrong", () => {
  test.each([
    [HOUR, "RequestTimeTooSkewed"],
    [-HOUR, "RequestTimeTooSkewed"],
    [HOUR, "AccessDenied"],
    [-HOUR, "AccessDenied"],
  ] as const)("learns COS's time from the first refusal: %i ms, %s", async (aheadMs, how) => {
    const clock = new VirtualClock();
    const wire = skewedCos(clock, aheadMs, how);
    const cos = clientOf(wire.runtime, clock);
    await clock.run(cos.deleteObject(object));
    expect(wire.sent).toHaveLength(2);
    expect(wire.times[1]).toBe(wire.times[0]);
    await clock.run(cos.deleteObject(object));
    expect(wire.sent).toHaveLength(3);
  });

  test("corrects once for eight parallel requests, each of which is sent twice", async () => {
    const clock = new VirtualClock();
    const wire = skewedCos(clock, HOUR, "RequestTimeTooSkewed");
    const cos = clientOf(wire.runtime, clock);
    await clock.run(Promise.all(Array.from({ length: 8 }, () => cos.deleteObject(object))));
    expect(wire.sent).toHaveLength(16);
  });

  test("prefers the document's ServerTime to the Date header", async () => {
    const clock = new VirtualClock();
    const seconds = Math.floor((clock.now() + HOUR) / 1000);
    const body = errorDocument("RequestTimeTooSkewed", "", `<ServerTime>${seconds}</ServerTime>`);
    const wire = scriptedWire(clock, [
      cosResponse(403, { date: new Date(clock.now()).toUTCString() }, body),
      cosResponse(204),
    ]);
    await clock.run(clientOf(wire.runtime, clock).deleteObject(object));
    const [start = 0] = (authorization(wire.sent[1]?.headers ?? {})["q-sign-time"] ?? "")
      .split(";")
      .map(Number);
    expect(Math.abs(start - seconds)).toBeLessThan(400);
  });

  test.each([HOUR, -HOUR])(
    "corrects by the Date header of a refused HEAD, which has no document: %i ms",
    async (aheadMs) => {
      const clock = new VirtualClock();
      const wire = fakeWire(clock, (request) => {
        const now = (clock.now() + aheadMs) / 1000;
        const [start = 0, end = 0] = (authorization(request.headers)["q-sign-time"] ?? "")
          .split(";")
          .map(Number);
        return cosResponse(now >= start && now <= end ? 200 : 403, {
          date: new Date(now * 1000).toUTCString(),
          etag: '"0"',
          "content-length": "0",
        });
      });
      await clock.run(clientOf(wire.runtime, clock).headObject(object));
      expect(wire.sent).toHaveLength(2);
    },
  );

  test("does not correct after a refused HEAD when the time is right, or when the response is not from COS", async () => {
    const clock = new VirtualClock();
    const [onTime, late] = [clock.now(), clock.now() + HOUR].map((ms) => new Date(ms).toUTCString());
    const wire = scriptedWire(clock, [
      cosResponse(403, { date: onTime ?? "" }),
      cosResponse(403, { date: late ?? "", "x-cos-request-id": "" }),
    ]);
    const cos = clientOf(wire.runtime, clock, { backupDomain: false });
    for (const code of ["access-denied", "unexpected-response"]) {
      expect(await caughtAs(clock.run(cos.headObject(object)), ServiceError)).toMatchObject({ code });
    }
    expect(wire.sent).toHaveLength(2);
  });

  test("fails when COS refuses although the clock is right", async () => {
    const clock = new VirtualClock();
    const date = { date: new Date(clock.now()).toUTCString() };
    const wire = scriptedWire(clock, [refusal(403, "RequestTimeTooSkewed", "", date)]);
    const error = await caughtAs(clock.run(clientOf(wire.runtime, clock).deleteObject(object)), ServiceError);
    expect(error.code).toBe("clock-skewed");
  });

  test("corrects once per request", async () => {
    const clock = new VirtualClock();
    let ahead = HOUR;
    const wire = fakeWire(clock, () => {
      ahead += HOUR;
      return refusal(403, "RequestTimeTooSkewed", "", { date: new Date(clock.now() + ahead).toUTCString() });
    });
    await caughtAs(clock.run(clientOf(wire.runtime, clock).deleteObject(object)), ServiceError);
    expect(wire.sent).toHaveLength(2);
  });
});

/** Credentials that COS accepts for a number of requests each. */
function rotatingCredentials(clock: VirtualClock, requestsEach: number) {
  let issued = 0;
  let asking = 0;
  let together = 0;
  const uses = new Map<string, number>();
  const provider = async (): Promise<Credentials> => {
    asking += 1;
    together = Math.max(together, asking);
    await clock.sleep(50);
    asking -= 1;
    issued += 1;
    return { SecretId: `id${issued}`, SecretKey: "key", Token: `token${issued}` };
  };
  const wire = fakeWire(clock, (request) => {
    const id = authorization(request.headers)["q-ak"] ?? "";
    uses.set(id, (uses.get(id) ?? 0) + 1);
    if (request.headers["x-cos-security-token"] !== id.replace("id", "token"))
      return refusal(403, "AccessDenied");
    return (uses.get(id) ?? 0) > requestsEach ? refusal(400, "ExpiredToken") : cosResponse(204);
  });
  return { provider, wire, issued: () => issued, together: () => together };
}

describe("sendWithRetry() with credentials that expire", () => {
  test("calls the provider again on ExpiredToken, once for all requests that wait", async () => {
    const clock = new VirtualClock();
    const { provider, wire, issued, together } = rotatingCredentials(clock, 4);
    const cos = clientOf(wire.runtime, clock, { credentials: provider });
    await clock.run(Promise.all(Array.from({ length: 8 }, () => cos.deleteObject(object))));
    expect(issued()).toBe(2);
    expect(together()).toBe(1);
    expect(wire.sent).toHaveLength(12);
  });

  test("gets a hundred requests through when credentials last for seven", async () => {
    const clock = new VirtualClock();
    const { provider, wire, together } = rotatingCredentials(clock, 7);
    const cos = clientOf(wire.runtime, clock, { credentials: provider });
    for (let call = 0; call < 100; call += 1) await clock.run(cos.deleteObject(object));
    expect(wire.sent).toHaveLength(100 + Math.floor(99 / 7));
    expect(together()).toBe(1);
  });

  test("refreshes once per request, then fails", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, [refusal(400, "ExpiredToken"), refusal(400, "ExpiredToken")]);
    const credentials = (): Credentials => ({ SecretId: "id", SecretKey: "key" });
    const error = await caughtAs(
      clock.run(clientOf(wire.runtime, clock, { credentials }).deleteObject(object)),
      ServiceError,
    );
    expect(error).toMatchObject({ code: "credentials-expired", retryable: false });
  });

  test("refreshes on InvalidAccessKeyId too", async () => {
    const clock = new VirtualClock();
    let asked = 0;
    const wire = scriptedWire(clock, [refusal(403, "InvalidAccessKeyId"), cosResponse(204)]);
    const credentials = (): Credentials => ({ SecretId: `id${++asked}`, SecretKey: "key" });
    await clock.run(clientOf(wire.runtime, clock, { credentials }).deleteObject(object));
    expect(authorization(wire.sent[1]?.headers ?? {})["q-ak"]).toBe("id2");
  });

  test("fails at once when the credentials are fixed", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, [refusal(400, "ExpiredToken")]);
    await caughtAs(clock.run(clientOf(wire.runtime, clock).deleteObject(object)), ServiceError);
    expect(wire.sent).toHaveLength(1);
  });

  test("rejects with the provider's own error, and sends nothing", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, []);
    const credentials = (): Credentials => {
      throw new Error("vault is sealed");
    };
    const work = clientOf(wire.runtime, clock, { credentials }).deleteObject(object);
    await expect(clock.run(work)).rejects.toThrow("vault is sealed");
    expect(wire.sent).toHaveLength(0);
  });
});
