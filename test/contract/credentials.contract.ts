import { ArgumentTypeError, type Credentials, ServiceError } from "@cosup/core";
import type { ContractCase, KeyPair, Rig } from "./contract.ts";
import { refuses, Script } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

function credentialsOf({ secretId, secretKey, token }: KeyPair, expiresAt?: number): Credentials {
  return { SecretId: secretId, SecretKey: secretKey, Token: token, expiresAt };
}

/** A client whose credentials come from `provide`, which is counted. */
function provided(
  rig: Rig,
  provide: (call: number) => Credentials | Promise<Credentials>,
  script = new Script(),
) {
  let calls = 0;
  const client = rig.createClient(
    {
      SecretId: undefined,
      SecretKey: undefined,
      credentials: () => {
        calls += 1;
        return provide(calls);
      },
    },
    script.wrap,
    quickClock(),
  );
  const put = () => client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("keys"), Body: "x" });
  return { client, put, script, calls: () => calls };
}

export const cases: readonly ContractCase[] = [
  {
    name: "temporary credentials send their token with every request",
    run: async (t, rig) => {
      const script = new Script();
      const { secretId: SecretId, secretKey: SecretKey, token: Token } = rig.temporary;
      const client = rig.createClient({ SecretId, SecretKey, Token }, script.wrap);
      await client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("keys"), Body: "x" });
      t.equal(script.sent[0]?.headers["x-cos-security-token"], Token, "x-cos-security-token");
    },
  },
  {
    name: "permanent credentials send no token",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      await client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("keys"), Body: "x" });
      t.equal("x-cos-security-token" in (script.sent[0]?.headers ?? {}), false, "a token header");
    },
  },
  {
    name: "a provider is called once for all requests that wait for it",
    run: async (t, rig) => {
      const { put, calls } = provided(rig, async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return credentialsOf(rig.permanent);
      });
      await Promise.all([put(), put(), put()]);
      await put();
      t.equal(calls(), 1, "calls");
    },
  },
  {
    name: "a provider whose expiresAt is in seconds, as STS gives it, is asked once",
    run: async (t, rig) => {
      const inAnHour = Math.floor(Date.now() / 1000) + 3600;
      const { put, calls } = provided(rig, () => credentialsOf(rig.temporary, inAnHour));
      for (let count = 0; count < 3; count += 1) await put();
      t.equal(calls(), 1, "calls");
    },
  },
  {
    name: "credentials that COS refuses and the provider returned expired are one error that says so",
    run: async (t, rig) => {
      const { put, calls, script } = provided(
        rig,
        () => credentialsOf(rig.temporary, Date.now() - 1000),
        new Script({ PutObject: refuses(403, "ExpiredToken") }),
      );
      const error = await t.throws(put, ServiceError, { code: "credentials-expired", retryable: false });
      t.match(error.hint, /provider returned credentials that had expired at \d{4}-/, "hint");
      t.deepEqual([calls(), script.sent.length], [2, 2], "calls and requests");
    },
  },
  {
    name: "a provider may return null for the token and the expiry",
    run: async (t, rig) => {
      const { secretId: SecretId, secretKey: SecretKey } = rig.permanent;
      const { put, calls, script } = provided(rig, () => ({
        SecretId,
        SecretKey,
        Token: null,
        expiresAt: null,
      }));
      await put();
      await put();
      t.equal(calls(), 1, "calls");
      t.equal("x-cos-security-token" in (script.sent[0]?.headers ?? {}), false, "a token header");
    },
  },
  {
    name: "a provider is asked again before its credentials expire",
    run: async (t, rig) => {
      const { put, calls } = provided(rig, (call) =>
        credentialsOf(rig.temporary, Date.now() + (call === 1 ? 10 : 3_600_000)),
      );
      await put();
      await new Promise((resolve) => setTimeout(resolve, 15));
      await put();
      await put();
      t.equal(calls(), 2, "calls");
    },
  },
  {
    name: "credentials that COS calls expired are refreshed, and the request repeated",
    run: async (t, rig) => {
      const { put, calls, script } = provided(rig, (call) =>
        credentialsOf(call === 1 ? rig.expired : rig.temporary),
      );
      t.equal((await put()).size, 1, "size");
      t.equal(calls(), 2, "calls");
      t.equal(script.count("PutObject"), 2, "attempts");
    },
  },
  {
    name: "credentials that stay expired are an error after one refresh",
    run: async (t, rig) => {
      const { put, calls } = provided(rig, () => credentialsOf(rig.expired));
      await t.throws(put, ServiceError, { code: "credentials-expired", cosCode: "ExpiredToken" });
      t.equal(calls(), 2, "calls");
    },
  },
  {
    name: "fixed credentials that have expired are an error at once",
    run: async (t, rig) => {
      const script = new Script({ PutObject: refuses(400, "ExpiredToken") });
      const client = rig.createClient({}, script.wrap, quickClock());
      await t.throws(
        () => client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("keys"), Body: "x" }),
        ServiceError,
        { code: "credentials-expired" },
      );
      t.equal(script.count("PutObject"), 1, "attempts");
    },
  },
  {
    name: "an error of the provider rejects the call, and nothing is sent",
    run: async (t, rig) => {
      class NoVault extends Error {}
      const { put, script } = provided(rig, () => Promise.reject(new NoVault("the vault is shut")));
      await t.throws(put, NoVault);
      t.equal(script.sent.length, 0, "requests");
    },
  },
  {
    name: "a provider that failed is asked again by the next call",
    run: async (t, rig) => {
      const { put, calls } = provided(rig, (call) => {
        if (call === 1) throw new Error("not yet");
        return credentialsOf(rig.permanent);
      });
      await t.throws(put, Error, { message: /not yet/ });
      await put();
      t.equal(calls(), 2, "calls");
    },
  },
  {
    name: "a provider that returns half a key pair is a TypeError that names the missing half",
    run: async (t, rig) => {
      const { put, script } = provided(rig, () => ({ SecretId: "AKIDhalf", SecretKey: "" }));
      await t.throws(put, ArgumentTypeError, { parameter: "SecretKey" });
      t.equal(script.sent.length, 0, "requests");
    },
  },
];
