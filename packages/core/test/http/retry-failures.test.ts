import { expect, test } from "vitest";
import { createContext } from "../../src/client-context.ts";
import { CosError, ServiceError, TransportError } from "../../src/errors.ts";
import type { RequestSpec } from "../../src/http/request-spec.ts";
import { sendWithRetry } from "../../src/http/retry.ts";
import type { CosOptions } from "../../src/options.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key, SecretId, SecretKey } from "../support/client.ts";
import { requestSpec } from "../support/recording-line.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, errorDocument, fakeWire, refusal, type Step, scriptedWire } from "../support/wire.ts";

const KEYS = { SecretId, SecretKey };

function send(steps: readonly Step[], changes: Partial<RequestSpec> = {}, options: CosOptions = KEYS) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  const context = createContext(wire.runtime, { Region: "ap-guangzhou", ...options }, clock);
  const spec = requestSpec({ method: "DELETE", ...changes });
  return { wire, done: clock.run(sendWithRetry(context, spec)) };
}

test("sendWithRetry() does not retry what is neither COS's failure nor the network's", async () => {
  const wrong = new CosError("wrong bytes", { code: "integrity", retryable: true });
  const validateResponse = (): void => {
    throw wrong;
  };
  const { done, wire } = send([cosResponse(200)], { validateResponse });
  expect(await caught(done)).toBe(wrong);
  expect(wire.sent).toHaveLength(1);
});

test("sendWithRetry() does not retry a failure of the credentials provider, whatever its class", async () => {
  const failure = new TransportError("the provider's own request failed", "reset");
  let calls = 0;
  const credentials = (): never => {
    calls += 1;
    throw failure;
  };
  expect(await caught(send([], {}, { credentials }).done)).toBe(failure);
  expect([calls, failure.attempts]).toEqual([1, 1]);
});

test("sendWithRetry() counts the attempts of failures without a response only", async () => {
  const text = errorDocument("InvalidArgument");
  const refused = new ServiceError("refused", {
    code: "invalid-request",
    retryable: false,
    status: 200,
    cosCode: "InvalidArgument",
  });
  const validateResponse = (): void => {
    throw refused;
  };
  const { done } = send([cosResponse(200, {}, text)], { validateResponse });
  expect(await caughtAs(done, ServiceError)).not.toHaveProperty("attempts");
});

const EXPIRED = "2023-11-14T00:00:00.000Z";

test.each([
  ["ExpiredToken", 403, new RegExp(`had expired at ${EXPIRED}`)],
  ["AccessDenied", 403, undefined],
])("the provider's expired credentials are the hint of %s only", async (code, status, hint) => {
  const expired = { ...KEYS, Token: "t", expiresAt: Date.parse(EXPIRED) };
  const { done } = send([refusal(status, code), refusal(status, code)], {}, { credentials: () => expired });
  const error = await caughtAs(done, ServiceError);
  expect(error.cosCode).toBe(code);
  if (hint === undefined) expect(error.hint ?? "").not.toContain("had expired");
  else expect(error.hint).toMatch(hint);
});

test("requests without a body do not wait while fewer bodies are sent after a timeout", async () => {
  const clock = new VirtualClock();
  const wire = fakeWire(clock, ({ method }) => (method === "PUT" ? "hang" : cosResponse(204)));
  const cos = clientOf(wire.runtime, clock, { maxAttempts: 1 });
  const part = { Bucket, Key, UploadId: "u", PartNumber: 1, Body: new Uint8Array(1) };
  await clock.run(caughtAs(cos.uploadPart(part), TransportError));
  const first = caughtAs(cos.uploadPart(part), TransportError);
  const second = caughtAs(cos.uploadPart(part), TransportError);
  await clock.advance(1000);
  expect(wire.sent).toHaveLength(2);
  await clock.run(cos.deleteObject({ Bucket, Key }));
  expect(wire.sent.map(({ method }) => method)).toEqual(["PUT", "PUT", "DELETE"]);
  await clock.run(Promise.all([first, second]));
});
