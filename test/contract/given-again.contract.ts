import { ArgumentTypeError } from "@cosup/core";
import type { ContractCase, World } from "./contract.ts";
import { iterableOf, noise, streamOf, textBytes } from "./fixtures/bytes.ts";
import { prepare } from "./fixtures/consumed.ts";
import { NODE_STREAMS, nodeStream } from "./fixtures/node-streams.ts";
import { expectOnePut, expectStored } from "./fixtures/stored.ts";

type Content = Uint8Array<ArrayBuffer>;

interface Kind {
  readonly kind: string;
  readonly needs?: ContractCase["needs"];
  make(bytes: Content, world: World): object;
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
      make: (bytes, world) => nodeStream(world, name, bytes),
    }),
  ),
];

/** A caller's own retry: what the first attempt has left must not replace the object. */
const again: readonly ContractCase[] = KINDS.flatMap(({ kind, make, needs }) =>
  [true, false].map(
    (succeeds): ContractCase => ({
      name: `${kind} that an upload which ${succeeds ? "succeeded" : "failed"} was given before is refused`,
      ...(needs === undefined ? {} : { needs }),
      run: async (t, world) => {
        const bytes = noise(100_000);
        const Key = world.uniqueKey("again");
        const body = make(bytes, world);
        const first = world.client.putObject({
          Bucket: succeeds ? world.Bucket : "nosuchbucket-1250000000",
          Key,
          Body: body,
        });
        await first.catch((error: unknown) => {
          if (succeeds) throw error;
        });
        await t.throws(
          () => world.client.putObject({ Bucket: world.Bucket, Key, Body: body }),
          ArgumentTypeError,
          {
            parameter: "Body",
          },
        );
        if (succeeds) await expectStored(t, world, Key, bytes);
      },
    }),
  ),
);

const bodies: readonly ContractCase[] = [
  {
    name: "a Response that fetch has decoded is stored as its program sees it",
    run: async (t, world) => {
      const { Bucket, client } = world;
      const from = { Bucket, Key: world.uniqueKey("packed") };
      const bytes = textBytes("unpacked ".repeat(20_000));
      const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
      await client.putObject({ ...from, Body: packed, ContentEncoding: "gzip" });
      const response = await fetch(await client.getPresignedUrl({ ...from, Method: "GET" }));
      const Key = world.uniqueKey("unpacked");
      await client.putObject({ Bucket, Key, Body: response });
      await expectStored(t, world, Key, bytes);
    },
  },
  {
    name: "a Response of fetch whose length is known goes up in one PUT",
    run: async (t, world) => {
      const { Bucket } = world;
      const client = world.createClient({ memoryBudget: undefined });
      const from = { Bucket, Key: world.uniqueKey("plain") };
      const bytes = noise(9 * 1024 * 1024);
      await client.putObject({ ...from, Body: bytes });
      const response = await fetch(await client.getPresignedUrl({ ...from, Method: "GET" }));
      const Key = world.uniqueKey("plain");
      expectOnePut(t, await client.uploadFile({ Bucket, Key, Body: response }), bytes);
      await expectStored(t, world, Key, bytes);
    },
  },
  {
    name: "a Response whose headers tell another length publishes nothing",
    run: async (t, world) => {
      for (const length of ["999", "1001"]) {
        const Body = new Response(streamOf(noise(1000)), { headers: { "content-length": length } });
        const call = await prepare(world, "putObject");
        await call(Body).judge(t, noise(1000), "refused");
      }
    },
  },
  {
    name: "a Response or Request without a body is an empty object",
    run: async (t, world) => {
      for (const Body of [new Response(), new Request("http://127.0.0.1/")]) {
        const Key = world.uniqueKey("nothing");
        await world.client.putObject({ Bucket: world.Bucket, Key, Body });
        await expectStored(t, world, Key, textBytes(""));
      }
    },
  },
  {
    name: "a Response to HEAD, which has a length and no body, is refused",
    run: async (t, world) => {
      const from = { Bucket: world.Bucket, Key: world.uniqueKey("head") };
      await world.client.putObject({ ...from, Body: "content" });
      const url = await world.client.getPresignedUrl({ ...from, Method: "HEAD" });
      const Body = await fetch(url, { method: "HEAD" });
      await t.throws(() => world.client.putObject({ ...from, Body }), ArgumentTypeError, {
        parameter: "Body",
      });
      await expectStored(t, world, from.Key, textBytes("content"));
    },
  },
];

const disposing: readonly ContractCase[] = [
  {
    name: "`await using` closes the client",
    run: async (t, world) => {
      let kept: typeof world.client | undefined;
      {
        await using client = world.createClient();
        kept = client;
        await client.putObject({ Bucket: world.Bucket, Key: world.uniqueKey("using"), Body: "x" });
      }
      const { client } = { client: kept };
      await t.throws(() => client.putObject({ Bucket: world.Bucket, Key: "closed", Body: "x" }), Error, {
        message: /closed/,
      });
    },
  },
];

export const cases: readonly ContractCase[] = [...again, ...bodies, ...disposing];
