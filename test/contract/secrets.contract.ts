import { ArgumentTypeError } from "@cosup/core";
import type { Assert } from "./assert.ts";
import type { ContractCase, Rig } from "./contract.ts";
import { MB, noise } from "./fixtures/bytes.ts";
import { breaks, foreign, losesResponse, pass, refuses, Script, type Step } from "./fixtures/faults.ts";
import { memoryCheckpoints } from "./fixtures/memory-checkpoints.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

const SECRET = "aSecretThatMustNotShow";
const TOKEN = "aTokenThatMustNotShow";

/** All the text that an error could put into a log. */
function textOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return String(error);
  const fields = Object.getOwnPropertyNames(error).map((name) => {
    const value: unknown = Reflect.get(error, name);
    return `${name}=${value instanceof Error ? textOf(value, depth + 1) : JSON.stringify(value)}`;
  });
  return [String(error), error.stack ?? "", ...fields, textOf(error.cause, depth + 1)].join("\n");
}

function expectNoSecret(t: Assert, text: string, sent: Script): void {
  const signatures = sent.sent.map(
    ({ headers }) => /q-signature=(\w+)/.exec(headers.authorization ?? "")?.[1],
  );
  for (const secret of [SECRET, TOKEN, ...signatures]) {
    t.equal(secret !== undefined && text.includes(secret), false, `${secret} in the text`);
  }
}

/** The error of a call whose text is searched for the client's secrets. */
async function failureOf(
  rig: Rig,
  script: Script,
  action: (client: Rig["client"]) => Promise<unknown>,
): Promise<unknown> {
  const options = { SecretKey: SECRET, Token: TOKEN, maxAttempts: 2 };
  const client = rig.createClient(options, script.wrap, quickClock());
  return action(client).then(
    () => {
      throw new Error("expected a failure");
    },
    (error: unknown) => error,
  );
}

const FAILURES: readonly (readonly [what: string, step: Step])[] = [
  ["a wrong signature, refused by COS itself", pass],
  ["a refusal", refuses(403, "AccessDenied")],
  ["a failure of COS", refuses(500, "InternalError")],
  ["a stranger's page", foreign(502)],
  ["a reset", breaks("reset")],
  ["a lost response", losesResponse],
];

const failures = FAILURES.map(
  ([what, step]): ContractCase => ({
    name: `neither secrets nor signatures are in the error of ${what}`,
    run: async (t, rig) => {
      const script = new Script({ PutObject: step });
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("secret") };
      const error = await failureOf(rig, script, (client) => client.putObject({ ...object, Body: "x" }));
      t.ok(script.sent.length > 0, "requests");
      expectNoSecret(t, textOf(error), script);
    },
  }),
);

export const cases: readonly ContractCase[] = [
  ...failures,
  {
    name: "neither secrets nor signatures are in the error of the runtime's own transport",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient(
        { Endpoint: "http://127.0.0.1:1/{Bucket}", SecretKey: SECRET, Token: TOKEN, maxAttempts: 1 },
        script.wrap,
      );
      const error = await t.throws(() => client.headObject({ Bucket: rig.Bucket, Key: "k" }), Error);
      expectNoSecret(t, textOf(error), script);
    },
  },
  {
    name: "a secret that is refused is not in the message that refuses it",
    run: async (t, rig) => {
      const SecretKey = `${SECRET} with a space`;
      const error = await t.throws(() => rig.createClient({ SecretKey }), ArgumentTypeError, {
        parameter: "SecretKey",
      });
      expectNoSecret(t, textOf(error), new Script());
      const token = await t.throws(() => rig.createClient({ Token: `${TOKEN}\n` }), ArgumentTypeError);
      expectNoSecret(t, textOf(token), new Script());
    },
  },
  {
    name: "a client shows none of its secrets",
    run: async (t, rig) => {
      const client = rig.createClient({ SecretKey: SECRET, Token: TOKEN });
      const shown = [JSON.stringify(client), String(client), ...Object.keys(client)].join();
      expectNoSecret(t, shown, new Script());
    },
  },
  {
    name: "a checkpoint holds no secrets",
    run: async (t, rig) => {
      const script = new Script({ CompleteMultipartUpload: refuses(403, "AccessDenied") });
      const { secretId: SecretId, secretKey: SecretKey, token: Token = "" } = rig.temporary;
      const client = rig.createClient({ SecretId, SecretKey, Token }, script.wrap, quickClock());
      const checkpoints = memoryCheckpoints();
      const Body = new File([noise(21 * MB)], "f", { lastModified: 1 });
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("secret") };
      await t.throws(() => client.uploadFile({ ...object, Body, PartSize: 8, checkpoints }), Error);
      const [text = ""] = checkpoints.stored.values();
      t.ok(text.includes(object.Key), "the checkpoint is of the key");
      for (const secret of [SecretId, SecretKey, Token])
        t.equal(text.includes(secret), false, "a secret in the checkpoint");
    },
  },
  {
    name: "results carry no secrets",
    run: async (t, rig) => {
      const { secretId: SecretId, secretKey: SecretKey, token: Token = "" } = rig.temporary;
      const client = rig.createClient({ SecretId, SecretKey, Token });
      const object = { Bucket: rig.Bucket, Key: rig.uniqueKey("secret") };
      const results = [await client.putObject({ ...object, Body: "x" }), await client.headObject(object)];
      for (const secret of [SecretKey, Token])
        t.equal(JSON.stringify(results).includes(secret), false, "a secret in a result");
    },
  },
];
