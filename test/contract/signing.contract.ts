import vectors from "../vectors/signature-vectors.json" with { type: "json" };
import type { ContractCase, Rig } from "./contract.ts";
import { Script } from "./fixtures/faults.ts";
import { frozenClock } from "./fixtures/quick-clock.ts";

type Vector = (typeof vectors.vectors)[number];

const BUCKET = "examplebucket-1250000000";
/** Presigned URLs begin a minute ago, the vectors at 1 700 000 000. */
const NOW_MS = 1_700_000_060_000;
const VECTOR_KEY_TIME = "1700000000;1700003600";

/**
 * The document's examples sign `date`, which no client does; listings have no key to presign; and a presigned URL
 * signs every header that is named, where a request leaves some out.
 */
const headerVectors = vectors.vectors.filter(
  ({ key, keyTime, name }) =>
    key !== "" && keyTime === VECTOR_KEY_TIME && name !== "unsigned-headers-are-ignored",
);

const signatures = headerVectors.map(
  (vector): ContractCase => ({
    name: `signs like the official SDKs: ${vector.name}`,
    run: async (t, rig) => {
      const headers = headersOf(vector);
      const host = headers.Host;
      const { Host: _, ...Headers } = headers;
      const client = frozenClient(rig, vector, host);
      const url = new URL(
        await client.getPresignedUrl({
          Bucket: BUCKET,
          Key: vector.key,
          Method: vector.method as "GET",
          Expired: 3540,
          Params: Object.fromEntries(Object.entries(vector.query)) as Record<string, string>,
          Headers,
          SignHost: host !== undefined,
        }),
      );
      const expected = new URLSearchParams(vector.authorization.replaceAll(";", "%3B"));
      for (const name of ["q-sign-time", "q-header-list", "q-url-param-list", "q-signature"]) {
        t.equal(url.searchParams.get(name), expected.get(name), name);
      }
    },
  }),
);

const presigned = vectors.presigned["python-1.9.41"].map(
  ({ params, url }): ContractCase => ({
    name: `presigns like the official Python SDK: ${Object.keys(params).join(" ")} of ${params.Key} for ${params.Expired} s`,
    run: async (t, rig) => {
      const vector = t.present(headerVectors[0], "a vector");
      const client = frozenClient(rig, vector, `${BUCKET}.cos.ap-guangzhou.myqcloud.com`);
      const { Params, ...rest } = params;
      const made = await client.getPresignedUrl({
        Bucket: BUCKET,
        ...rest,
        Method: "PUT",
        ...(Params === undefined ? {} : { Params: Params as Record<string, string> }),
      });
      t.equal(made, url, "url");
    },
  }),
);

const requests: readonly ContractCase[] = [
  {
    name: "every request signs its host, its parameters and its x-cos headers",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const { Bucket } = rig;
      const Key = rig.uniqueKey("signed");
      await client.putObject({ Bucket, Key, Body: "x", ACL: "private", ContentType: "text/plain" });
      const { UploadId } = await client.createMultipartUpload({ Bucket, Key });
      await client.listParts({ Bucket, Key, UploadId, MaxParts: 7 });
      await client.abortMultipartUpload({ Bucket, Key, UploadId });
      const lists = script.sent.map(({ headers }) => {
        const fields = new URLSearchParams(headers.authorization?.replaceAll(";", "%3B"));
        return [fields.get("q-header-list"), fields.get("q-url-param-list")].join(" | ");
      });
      t.deepEqual(
        lists,
        [
          "content-md5;content-type;host;x-cos-acl | ",
          "host | uploads",
          "host | max-parts;uploadid",
          "host | uploadid",
        ],
        "what is signed",
      );
    },
  },
  {
    name: "no request sets Host or Content-Length by itself",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      await client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("bare"), Body: "x" });
      for (const { headers } of script.sent) {
        const names = Object.keys(headers).map((name) => name.toLowerCase());
        t.equal(names.includes("host"), false, "a Host header");
        t.equal(names.includes("content-length"), false, "a Content-Length header");
      }
    },
  },
  {
    name: "the signature's window holds the present, and lasts ten minutes more",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      const before = Math.floor(Date.now() / 1000);
      await client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("window"), Body: "x" });
      const [, start, end] =
        /q-sign-time=(\d+);(\d+)/.exec(script.sent[0]?.headers.authorization ?? "") ?? [];
      t.ok(
        Number(start) <= before && Number(start) > before - 900,
        `start ${start} is within 15 minutes of ${before}`,
      );
      t.ok(Number(end) >= before + 600, `end ${end} is ten minutes after ${before}`);
    },
  },
  {
    name: "the user agent names cosup and the runtime",
    run: async (t, rig) => {
      const script = new Script();
      const client = rig.createClient({}, script.wrap);
      await client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("agent"), Body: "x" });
      t.match(script.sent[0]?.headers["user-agent"], /^cosup\/\d+\.\d+\.\d+\S* \(.+\)$/, "user-agent");
    },
  },
];

export const cases: readonly ContractCase[] = [...signatures, ...presigned, ...requests];

function headersOf(vector: Vector): Record<string, string> {
  return Object.fromEntries(
    Object.entries(vector.headers).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

/** A client at the time of the vectors, on their host. */
function frozenClient(rig: Rig, vector: Vector, host: string | undefined) {
  const standard = host === undefined || host.startsWith(`${BUCKET}.`);
  return rig.createClient(
    {
      Endpoint: standard ? undefined : `http://${host}`,
      Region: "ap-guangzhou",
      SecretId: vector.secretId,
      SecretKey: vector.secretKey,
    },
    undefined,
    frozenClock(NOW_MS),
  );
}
