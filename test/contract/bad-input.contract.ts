import { ArgumentRangeError, ArgumentTypeError, CosClient, type CosOptions } from "@cosup/core";
import type { Assert } from "./assert.ts";
import { BAD_CALLS, BAD_OPTIONS, type BadCall } from "./bad-input-table.ts";
import type { ContractCase, Rig } from "./contract.ts";
import { Script } from "./fixtures/faults.ts";
import { withMembers } from "./fixtures/runtimes.ts";
import { show } from "./fixtures/show.ts";

type Refusal = Error & { readonly parameter: string };
const CLASSES: Record<BadCall["kind"], abstract new (...args: never[]) => Refusal> = {
  type: ArgumentTypeError,
  range: ArgumentRangeError,
};

const calls = BAD_CALLS.map(
  (bad): ContractCase => ({
    name: `${bad.method}() refuses ${bad.parameter} ${labelOf(bad)}`,
    run: async (t, rig) => {
      const script = new Script();
      await expectRefusal(t, rig, script, bad);
      t.equal(script.sent.length, 0, "requests");
    },
  }),
);

const options = BAD_OPTIONS.map(
  ([parameter, kind, given]): ContractCase => ({
    name: `a client refuses ${parameter} in ${show(given)}`,
    run: async (t, rig) => {
      const good: CosOptions = { Region: "ap-guangzhou", SecretId: "id", SecretKey: "key" };
      const error = await t.throws(
        () => new CosClient(rig.runtime, { ...good, ...given } as CosOptions),
        CLASSES[kind],
        { parameter },
      );
      t.ok(error.message.startsWith(`${parameter}: `), `a message that begins with ${parameter}`);
    },
  }),
);

const others: readonly ContractCase[] = [
  {
    name: "a wrong argument is a TypeError or RangeError of the language",
    run: async (t, rig) => {
      const { client } = rig;
      const Bucket = rig.Bucket;
      const type = await t.throws(() => client.headObject({ Bucket, Key: 1 as never }), TypeError);
      t.equal(type.name, "TypeError", "name");
      const range = await t.throws(() => client.headObject({ Bucket, Key: "" }), RangeError);
      t.equal(range.name, "RangeError", "name");
    },
  },
  {
    name: "a wrong argument rejects; no method throws before it returns its promise",
    run: async (t, rig) => {
      const promise = rig.client.putObject({ Bucket: "", Key: "", Body: "" });
      t.ok(promise instanceof Promise, "a promise");
      await t.throws(() => promise, ArgumentRangeError, { parameter: "Bucket" });
    },
  },
  {
    name: "a parameter that is undefined counts as not given",
    run: async (t, rig) => {
      const result = await rig.client.putObject({
        Bucket: rig.Bucket,
        Key: rig.uniqueKey("undefined"),
        Body: "x",
        ACL: undefined,
        ContentType: undefined,
        PartSize: undefined,
        onProgress: undefined,
        signal: undefined,
      });
      t.equal(result.size, 1, "size");
    },
  },
  {
    name: "a source that was refused for its length is closed",
    run: async (t, rig) => {
      let closed = false;
      const client = rig.createClient({}, (runtime) =>
        withMembers(runtime, {
          open: async () => ({
            size: 4,
            fingerprint: undefined,
            access: "random",
            inMemory: true,
            read: async () => new Uint8Array(4),
            changed: async () => false,
            close: async () => {
              closed = true;
            },
          }),
        }),
      );
      await t.throws(
        () =>
          client.putObject({
            Bucket: rig.Bucket,
            Key: "k",
            Body: { path: "opened by the wrapper" },
            ContentLength: 5,
          }),
        ArgumentRangeError,
        { parameter: "ContentLength" },
      );
      t.equal(closed, true, "closed");
    },
  },
];

export const cases: readonly ContractCase[] = [...calls, ...options, ...others];

async function expectRefusal(t: Assert, rig: Rig, script: Script, bad: BadCall): Promise<void> {
  const client = rig.createClient({}, script.wrap);
  const method: unknown = Reflect.get(client, bad.method);
  if (typeof method !== "function") throw new Error(`there is no ${bad.method}`);
  const call = (): unknown => Reflect.apply(method, client, [bad.given(rig.Bucket)]);
  const error = await t.throws(call, CLASSES[bad.kind], { parameter: bad.parameter });
  t.ok(error.message.startsWith(`${bad.parameter}: `), `a message that begins with ${bad.parameter}`);
  t.ok(error.message.length > bad.parameter.length + 10, "a message that says what is accepted");
}

function labelOf({ what, given, parameter }: BadCall): string {
  if (what !== undefined) return what;
  const value: unknown = Reflect.get(given("bucket-1250000000"), parameter);
  return value === undefined ? "missing" : show(value);
}
