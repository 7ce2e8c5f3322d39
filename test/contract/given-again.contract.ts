import { ArgumentTypeError, type Body } from "@cosup/core";
import type { ContractCase, Rig } from "./contract.ts";
import { iterableOf, noise, streamOf, textBytes } from "./fixtures/bytes.ts";
import { prepare } from "./fixtures/consumed.ts";
import { NODE_STREAMS, nodeStream } from "./fixtures/node-streams.ts";
import { expectOnePut, expectStored } from "./fixtures/stored.ts";

type Content = Uint8Array<ArrayBuffer>;

interface Kind {
  readonly kind: string;
  readonly needs?: ContractCase["needs"];
  make(bytes: Content, rig: Rig): Body;
}

const KINDS: readonly Kind[] = [
  { kind: "a web stream", make: (bytes) => streamOf(bytes) },
  { kind: "a Response", make: (bytes) => new Response(bytes) },
  {
    kind: "a Request",
    make: (bytes) => new Request("http://127.0.0.1/", { method: "POST", body: bytes }),
  },
  { kind: "a generator", make: (bytes) => iterableOf(bytes) },
  ...NODE_STREAMS.map(
    (name): Kind => ({
      kind: `a stream of ${name}`,
      needs: name,
      make: (bytes, rig) => nodeStream(rig, name, bytes) as Body,
    }),
  ),
];

/** A caller's own retry: the rest of a body that the first attempt has read must not replace the object. */
const again: readonly ContractCase[] = KINDS.flatMap(({ kind, make, needs }) =>
  [true, false].map(
    (succeeds): ContractCase => ({
      name: `${kind} that an upload which ${succeeds ? "succeeded" : "failed"} was given before is refused`,
      ...(needs === undefined ? {} : { needs }),
      run: async (t, rig) => {
        const bytes = noise(100_000);
        const Key = rig.uniqueKey("again");
        const body = make(bytes, rig);
        const first = rig.client.putObject({
          Bucket: succeeds ? rig.Bucket : "nosuchbucket-1250000000",
          Key,
          Body: body,
        });
        await first.catch((error: unknown) => {
          if (succeeds) throw error;
        });
        await t.throws(
          () => rig.client.putObject({ Bucket: rig.Bucket, Key, Body: body }),
          ArgumentTypeError,
          {
            parameter: "Body",
          },
        );
        if (succeeds) await expectStored(t, rig, Key, bytes);
      },
    }),
  ),
);

const bodies: readonly ContractCase[] = [
  {
    name: "a Response that fetch has decoded is stored as its program sees it",
    run: async (t, rig) => {
      const { Bucket, client } = rig;
      const from = { Bucket, Key: rig.uniqueKey("packed") };
      const bytes = textBytes("unpacked ".repeat(20_000));
      const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
      await client.putObject({ ...from, Body: packed, ContentEncoding: "gzip" });
      const response = await fetch(await client.getPresignedUrl({ ...from, Method: "GET" }));
      const Key = rig.uniqueKey("unpacked");
      await client.putObject({ Bucket, Key, Body: response });
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "a Response of fetch whose length is known goes up in one PUT",
    run: async (t, rig) => {
      const { Bucket } = rig;
      const client = rig.createClient({ memoryBudget: undefined });
      const from = { Bucket, Key: rig.uniqueKey("plain") };
      const bytes = noise(9 * 1024 * 1024);
      await client.putObject({ ...from, Body: bytes });
      const response = await fetch(await client.getPresignedUrl({ ...from, Method: "GET" }));
      const Key = rig.uniqueKey("plain");
      expectOnePut(t, await client.uploadFile({ Bucket, Key, Body: response }), bytes);
      await expectStored(t, rig, Key, bytes);
    },
  },
  {
    name: "a Response whose headers declare another length publishes nothing",
    run: async (t, rig) => {
      for (const length of ["999", "1001"]) {
        const Body = new Response(streamOf(noise(1000)), { headers: { "content-length": length } });
        const call = await prepare(rig, "putObject");
        await call(Body).judge(t, noise(1000), "refused");
      }
    },
  },
  {
    name: "a Response or Request without a body is an empty object",
    run: async (t, rig) => {
      for (const Body of [new Response(), new Request("http://127.0.0.1/")]) {
        const Key = rig.uniqueKey("nothing");
        await rig.client.putObject({ Bucket: rig.Bucket, Key, Body });
        await expectStored(t, rig, Key, textBytes(""));
      }
    },
  },
  {
    name: "a Response to HEAD, which has a length and no body, is refused",
    needs: "a HEAD response without a body",
    run: async (t, rig) => {
      const from = { Bucket: rig.Bucket, Key: rig.uniqueKey("head") };
      await rig.client.putObject({ ...from, Body: "content" });
      const url = await rig.client.getPresignedUrl({ ...from, Method: "HEAD" });
      const Body = await fetch(url, { method: "HEAD" });
      await t.throws(() => rig.client.putObject({ ...from, Body }), ArgumentTypeError, {
        parameter: "Body",
      });
      await expectStored(t, rig, from.Key, textBytes("content"));
    },
  },
];

const disposing: readonly ContractCase[] = [
  {
    name: "`await using` closes the client",
    run: async (t, rig) => {
      let kept: typeof rig.client | undefined;
      {
        await using client = rig.createClient();
        kept = client;
        await client.putObject({ Bucket: rig.Bucket, Key: rig.uniqueKey("using"), Body: "x" });
      }
      const { client } = { client: kept };
      await t.throws(() => client.putObject({ Bucket: rig.Bucket, Key: "closed", Body: "x" }), Error, {
        message: /closed/,
      });
    },
  },
];

export const cases: readonly ContractCase[] = [...again, ...bodies, ...disposing];
