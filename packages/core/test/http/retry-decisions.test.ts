import { describe, expect, test } from "vitest";
import type { Credentials } from "../../src/auth/credentials.ts";
import { ServiceError, TransportError } from "../../src/errors.ts";
import type { CosOptions } from "../../src/options.ts";
import { caughtAs } from "../support/caught.ts";
import { authorization, Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import {
  Broken,
  cosResponse,
  fakeWire,
  proxyResponse,
  refusal,
  type Step,
  scriptedWire,
} from "../support/wire.ts";

const object = { Bucket, Key };
const MAIN = `${Bucket}.cos.ap-guangzhou.myqcloud.com`;
const BACKUP = `${Bucket}.cos.ap-guangzhou.tencentcos.cn`;

function rig(steps: readonly Step[], options: CosOptions = {}) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  const hosts = (): string[] => wire.sent.map(({ url }) => new URL(url).host);
  return { clock, wire, hosts, cos: clientOf(wire.runtime, clock, options) };
}

describe("a success", () => {
  test.each([300, 304, 399])("is not %i", async (status) => {
    const { clock, wire, cos } = rig([cosResponse(status)]);
    expect(await caughtAs(clock.run(cos.deleteObject(object)), ServiceError)).toMatchObject({ status });
    expect(wire.sent).toHaveLength(1);
  });
});

describe("an error names the operation", () => {
  test("on an object, by its key", async () => {
    const { clock, cos } = rig([refusal(403, "AccessDenied")]);
    const error = await caughtAs(clock.run(cos.deleteObject(object)), ServiceError);
    expect(error.message).toMatch(/^deleteObject of exampleobject: AccessDenied/);
    expect(error).not.toHaveProperty("attempts");
  });

  test("on a bucket, by its name", async () => {
    const { clock, cos } = rig([refusal(403, "AccessDenied")]);
    const error = await caughtAs(clock.run(cos.listMultipartUploads({ Bucket })), ServiceError);
    expect(error.message).toMatch(/^listMultipartUploads on examplebucket-1250000000: AccessDenied/);
  });
});

describe("the backup domain", () => {
  test.each(["timeout", "unknown"] as const)(
    "is not used after %s, nor is a new connection",
    async (failure) => {
      const { clock, wire, hosts, cos } = rig([new Broken(failure), cosResponse(204)]);
      await clock.run(cos.deleteObject(object));
      expect(hosts()).toEqual([MAIN, MAIN]);
      expect(wire.sent[1]?.freshConnection).toBe(false);
      expect(wire.times[1]).toBeGreaterThan(wire.times[0] ?? 0);
    },
  );

  test("is not used after a reset", async () => {
    const { clock, hosts, cos } = rig([new Broken("reset"), cosResponse(204)]);
    await clock.run(cos.deleteObject(object));
    expect(hosts()).toEqual([MAIN, MAIN]);
  });

  test("is not used when no retry helps, as without a permission", async () => {
    const { clock, wire, cos } = rig([
      () => {
        throw new TransportError("no permission for the net", "connect", undefined, false);
      },
    ]);
    await caughtAs(clock.run(cos.deleteObject(object)), TransportError);
    expect(wire.sent).toHaveLength(1);
  });

  test("is still used after failed connects and refusals of COS: neither counts as a switch", async () => {
    const refused = rig([
      refusal(500, "InternalError"),
      refusal(500, "InternalError"),
      proxyResponse(403),
      cosResponse(204),
    ]);
    await refused.clock.run(refused.cos.deleteObject(object));
    expect(refused.hosts()).toEqual([MAIN, MAIN, MAIN, BACKUP]);
    const unreached = rig([
      new Broken("connect"),
      new Broken("connect"),
      proxyResponse(403),
      proxyResponse(403),
      proxyResponse(403),
    ]);
    await caughtAs(unreached.clock.run(unreached.cos.deleteObject(object)), ServiceError);
    expect(unreached.hosts()).toEqual([MAIN, BACKUP, MAIN, BACKUP, MAIN]);
  });
});

describe("the retry budget of a client", () => {
  test("allows half as many retries when every request times out", async () => {
    const clock = new VirtualClock();
    const wire = fakeWire(clock, () => new Broken("timeout"));
    const cos = clientOf(wire.runtime, clock);
    const calls = Array.from({ length: 100 }, () => cos.deleteObject(object).catch(() => "failed"));
    await clock.run(Promise.all(calls));
    expect(wire.sent).toHaveLength(150);
  });

  test("is refilled by successes, so single failures can always be retried", async () => {
    const clock = new VirtualClock();
    let count = 0;
    const wire = fakeWire(clock, () => {
      count += 1;
      return count % 2 === 1 ? refusal(503, "SlowDown") : cosResponse(204);
    });
    const cos = clientOf(wire.runtime, clock);
    for (let call = 0; call < 300; call += 1) await clock.run(cos.deleteObject(object));
    expect(wire.sent).toHaveLength(600);
  });
});

test("a HEAD of a missing object does not correct the clock, whatever its Date header is", async () => {
  const clock = new VirtualClock();
  const date = new Date(clock.now() + 3_600_000).toUTCString();
  const wire = scriptedWire(clock, [cosResponse(404, { date })]);
  const error = await caughtAs(clock.run(clientOf(wire.runtime, clock).headObject(object)), ServiceError);
  expect([error.code, wire.sent.length]).toEqual(["not-found", 1]);
});

describe("credentials that are refused", () => {
  /** A provider of these, one after the other, and a COS to which all but the last are expired. */
  function provided(all: readonly Credentials[], options: CosOptions = {}) {
    const clock = new VirtualClock();
    let asked = 0;
    const credentials = (): Credentials => {
      asked += 1;
      const next = all[Math.min(asked, all.length) - 1];
      if (next === undefined) throw new Error("no credentials");
      return next;
    };
    const last = all.at(-1);
    const wire = fakeWire(clock, ({ headers }) => {
      const good =
        authorization(headers)["q-ak"] === last?.SecretId && headers["x-cos-security-token"] === last?.Token;
      return good ? cosResponse(204) : refusal(400, "ExpiredToken");
    });
    return {
      clock,
      wire,
      asked: () => asked,
      cos: clientOf(wire.runtime, clock, { ...options, credentials }),
    };
  }
  const pair = (SecretId: string, Token?: string): Credentials => ({ SecretId, SecretKey: "key", Token });

  test.each<[string, readonly Credentials[]]>([
    ["the key", ["a", "b", "c", "d"].map((id) => pair(id))],
    ["the token", ["a", "b", "c", "d"].map((token) => pair("id", token))],
  ])("again and again are replaced, as long as the provider returns another %s each time", async (_, all) => {
    const { clock, wire, asked, cos } = provided(all);
    await clock.run(cos.deleteObject(object));
    expect([wire.sent.length, asked()]).toEqual([4, 4]);
  });

  test("again and again are replaced at most once per attempt", async () => {
    const all = Array.from({ length: 9 }, (_, index) => pair(`id${index}`));
    const { clock, wire, cos } = provided(all, { maxAttempts: 3 });
    const error = await caughtAs(clock.run(cos.deleteObject(object)), ServiceError);
    expect([error.code, wire.sent.length]).toEqual(["credentials-expired", 3]);
  });

  test("for another reason than their age are not requested again", async () => {
    const clock = new VirtualClock();
    let asked = 0;
    const wire = scriptedWire(clock, [refusal(403, "AccessDenied")]);
    const credentials = (): Credentials => pair(`id${++asked}`);
    await caughtAs(
      clock.run(clientOf(wire.runtime, clock, { credentials }).deleteObject(object)),
      ServiceError,
    );
    expect([asked, wire.sent.length]).toEqual([1, 1]);
  });
});
