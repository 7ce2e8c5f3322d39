import { expect, test } from "vitest";
import { Signer } from "../../src/auth/sign.ts";
import { signatureFields } from "../../src/auth/signature-fields.ts";
import { Endpoint } from "../../src/http/endpoint.ts";
import type { CosOptions } from "../../src/options.ts";
import { authorization, Bucket, clientOf, Key, SecretId, SecretKey } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, proxyResponse, refusal, type Step, scriptedWire } from "../support/wire.ts";

const MAIN = `${Bucket}.cos.ap-guangzhou.myqcloud.com`;
const BACKUP = `${Bucket}.cos.ap-guangzhou.tencentcos.cn`;

async function hostsOf(steps: readonly Step[], options: CosOptions = {}) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  const outcome = await clock.run(
    clientOf(wire.runtime, clock, options)
      .deleteObject({ Bucket, Key })
      .then(
        () => "done",
        () => "failed",
      ),
  );
  return { outcome, hosts: wire.sent.map(({ url }) => new URL(url).host), sent: wire.sent };
}

test.each([
  ["a 403 of a proxy", () => proxyResponse(403)],
  ["a 302 of a proxy", () => proxyResponse(302)],
  ["a 502 of a proxy", () => proxyResponse(502)],
  ["a failed connect", () => new Broken("connect")],
])("sendWithRetry() uses the backup domain after %s", async (_, step) => {
  const { outcome, hosts } = await hostsOf([step(), cosResponse(204)]);
  expect(outcome).toBe("done");
  expect(hosts).toEqual([MAIN, BACKUP]);
});

test("sendWithRetry() stays with its domain when a proxy asks for credentials: it would ask on the other, too", async () => {
  const { outcome, hosts } = await hostsOf([proxyResponse(407)]);
  expect([outcome, hosts]).toEqual(["failed", [MAIN]]);
});

test("sendWithRetry() switches back when the backup domain fails, too", async () => {
  const { outcome, hosts } = await hostsOf([proxyResponse(502), new Broken("connect"), cosResponse(204)]);
  expect(outcome).toBe("done");
  expect(hosts).toEqual([MAIN, BACKUP, MAIN]);
});

test("sendWithRetry() signs the host that it sends to", async () => {
  const { sent } = await hostsOf([proxyResponse(502), cosResponse(204)]);
  for (const [index, host] of [MAIN, BACKUP].entries()) {
    const fields = authorization(sent[index]?.headers ?? {});
    const expected = await new Signer().authorization(
      { SecretId, SecretKey },
      {
        method: "DELETE",
        pathname: `/${Key}`,
        query: [],
        headers: [["host", host]],
        keyTime: fields["q-key-time"] ?? "",
      },
    );
    expect(fields).toEqual(Object.fromEntries(signatureFields(expected)));
  }
});

test("sendWithRetry() accepts a refusal from both domains", async () => {
  const { outcome, hosts } = await hostsOf([proxyResponse(403), proxyResponse(403), proxyResponse(403)]);
  expect(outcome).toBe("failed");
  expect(hosts).toEqual([MAIN, BACKUP, MAIN]);
});

test("sendWithRetry() does not switch the domain when COS itself refused", async () => {
  const { hosts } = await hostsOf([refusal(500, "InternalError"), cosResponse(204)]);
  expect(hosts).toEqual([MAIN, MAIN]);
});

test.each([
  ["backupDomain is false", { backupDomain: false }],
  ["the region is accelerate", { Region: "accelerate" }],
  ["the endpoint is the caller's own", { Endpoint: "https://assets.example.com" }],
])("sendWithRetry() uses one host when %s", async (_, options) => {
  const { hosts } = await hostsOf([proxyResponse(502), cosResponse(204)], options);
  expect(new Set(hosts).size).toBe(1);
  expect((await hostsOf([proxyResponse(403)], options)).outcome).toBe("failed");
});

test("sendWithRetry() never sends what is not idempotent to a second host after a response", async () => {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, [proxyResponse(403)]);
  await expect(
    clock.run(clientOf(wire.runtime, clock).createMultipartUpload({ Bucket, Key })),
  ).rejects.toThrow();
  expect(wire.sent).toHaveLength(1);
});

test("Endpoint.address() of an endpoint without backup ignores the backup flag", () => {
  const endpoint = new Endpoint("https://{Bucket}.example.com", undefined, "https");
  expect(endpoint.address(Bucket, Key, [], true).host).toBe(`${Bucket}.example.com`);
});
