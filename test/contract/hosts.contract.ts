import { ServiceError, TransportError } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { breaks, foreign, refuses, Script, type Step } from "./fixtures/faults.ts";
import { quickClock } from "./fixtures/quick-clock.ts";

const BUCKET = "examplebucket-1250000000";
const MAIN = `https://${BUCKET}.cos.ap-guangzhou.myqcloud.com/k`;
const BACKUP = `https://${BUCKET}.cos.ap-guangzhou.tencentcos.cn/k`;

/** Responds as COS would; nothing leaves this machine. */
const succeeds: Step = async () =>
  new Response(null, { headers: { etag: '"x"', "x-cos-request-id": "scripted-id", "content-length": "1" } });

/** A client of the real hosts, none of whose requests is delivered. */
function standard(
  rig: Rig,
  steps: readonly Step[],
  options: { backupDomain?: boolean; Region?: string } = {},
) {
  let used = 0;
  const next: Step = (deliver, request) => {
    const step = steps[used] ?? succeeds;
    used += 1;
    return step(deliver, request);
  };
  const script = new Script({ HeadObject: next });
  const client = rig.createClient({ Endpoint: undefined, ...options }, script.wrap, quickClock());
  return { script, head: () => client.headObject({ Bucket: BUCKET, Key: "k" }) };
}

const REDIRECTS = [301, 302, 307, 308] as const;

const redirects = REDIRECTS.map(
  (status): ContractCase => ({
    name: `a ${status} is not followed: the signature would not be valid there`,
    run: async (t, rig) => {
      const elsewhere = "http://127.0.0.1:9/elsewhere";
      const script = new Script({ PutObject: foreign(status, { location: elsewhere }) });
      const client = rig.createClient({}, script.wrap, quickClock());
      await t.throws(
        () => client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("redirect"), Body: "x" }),
        ServiceError,
        { code: "unexpected-response", status },
      );
      t.ok(
        script.sent.every(({ url }) => !url.startsWith(elsewhere)),
        "no request to the other address",
      );
    },
  }),
);

export const cases: readonly ContractCase[] = [
  {
    name: "the default host is the bucket's, over https",
    run: async (t, rig) => {
      const { script, head } = standard(rig, []);
      await head();
      t.deepEqual(
        script.sent.map(({ url }) => url),
        [MAIN],
        "URLs",
      );
    },
  },
  {
    name: "a response that did not come from COS makes the next attempt go to the backup domain",
    run: async (t, rig) => {
      const { script, head } = standard(rig, [foreign(502)]);
      await head();
      t.deepEqual(
        script.sent.map(({ url }) => url),
        [MAIN, BACKUP],
        "URLs",
      );
    },
  },
  {
    name: "a redirect that did not come from COS makes the next attempt go to the backup domain",
    run: async (t, rig) => {
      const { script, head } = standard(rig, [foreign(302, { location: "https://portal.example/" })]);
      await head();
      t.deepEqual(
        script.sent.map(({ url }) => url),
        [MAIN, BACKUP],
        "URLs",
      );
    },
  },
  {
    name: "a host that cannot be reached makes the next attempt go to the backup domain, and back",
    run: async (t, rig) => {
      const { script, head } = standard(rig, [breaks("connect"), breaks("connect")]);
      await head();
      t.deepEqual(
        script.sent.map(({ url }) => url),
        [MAIN, BACKUP, MAIN],
        "URLs",
      );
    },
  },
  {
    name: "the backup domain is signed for itself",
    run: async (t, rig) => {
      const { script, head } = standard(rig, [foreign(502)]);
      await head();
      const [one, two] = script.sent.map(
        ({ headers }) => /q-signature=(\w+)/.exec(headers.authorization ?? "")?.[1],
      );
      t.ok(one !== two, "two signatures");
    },
  },
  {
    name: "a refusal by COS does not change the host",
    run: async (t, rig) => {
      const { script, head } = standard(rig, [refuses(500, "InternalError")]);
      await head();
      t.deepEqual(
        script.sent.map(({ url }) => url),
        [MAIN, MAIN],
        "URLs",
      );
    },
  },
  {
    name: "backupDomain false stays on one host",
    run: async (t, rig) => {
      const { script, head } = standard(rig, [breaks("connect"), foreign(502)], { backupDomain: false });
      await head();
      t.deepEqual(
        script.sent.map(({ url }) => url),
        [MAIN, MAIN, MAIN],
        "URLs",
      );
    },
  },
  {
    name: "the accelerated host has no backup",
    run: async (t, rig) => {
      const { script, head } = standard(rig, [breaks("connect")], { Region: "accelerate" });
      await head();
      t.deepEqual(
        script.sent.map(({ url }) => new URL(url).host),
        Array.from({ length: 2 }, () => `${BUCKET}.cos.accelerate.myqcloud.com`),
        "hosts",
      );
    },
  },
  {
    name: "a host that refuses connections is a transport failure, and retried",
    run: async (t, rig) => {
      const client = rig.createClient(
        { Endpoint: "http://127.0.0.1:1/{Bucket}", maxAttempts: 2 },
        undefined,
        quickClock(),
      );
      // workerd has the same message for a refused and for a reset connection, and browsers for every failure.
      await t.throws(() => client.headObject({ Bucket: rig.Bucket, Key: "k" }), TransportError, {
        code: /^(connect-failed|connection-reset|transport-failed)$/,
        retryable: true,
        attempts: 2,
      });
    },
  },
  ...redirects,
];
