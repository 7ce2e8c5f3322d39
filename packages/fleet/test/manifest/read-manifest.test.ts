import { Readable } from "node:stream";
import {
  type ManifestError,
  type ManifestInput,
  type ManifestOptions,
  readManifest,
} from "@cosup/fleet/manifest";
import { describe, expect, it } from "vitest";
import { collect } from "../support/collect.ts";

const read = async (manifest: ManifestInput, options?: ManifestOptions) =>
  collect(readManifest(manifest, options));

const ONE = '{"source":"/data/a.bin","key":"a.bin"}';
const A = { source: "/data/a.bin", key: "a.bin" };

describe("readManifest()", () => {
  it("gives entries with the numbers of their lines", async () => {
    const two =
      '{"source":"https://files.example/b?X-Sig=1","key":"b/c","size":3,"contentType":"text/plain","headers":{"Cache-Control":"no-cache"}}';
    const url = "https://files.example/b?X-Sig=1";
    expect(await read(`${ONE}\n\n  \r\n${two}`)).toEqual([
      { line: 1, entry: A },
      {
        line: 4,
        entry: {
          source: url,
          key: "b/c",
          size: 3,
          contentType: "text/plain",
          headers: { "cache-control": "no-cache" },
        },
      },
    ]);
  });

  it("reads each kind of input in the same way", async () => {
    const text = `\uFEFF${ONE}\r\n${ONE.replaceAll("a.bin", "ü.bin")}\n`;
    const expected = [
      { line: 1, entry: A },
      { line: 2, entry: { source: "/data/ü.bin", key: "ü.bin" } },
    ];
    const bytes = Buffer.from(text);
    // One byte at a time: characters and line breaks are cut anywhere.
    const single = Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
    const lines = text.trimEnd().split("\n");
    const web = (chunks: Uint8Array[]) => Readable.toWeb(Readable.from(chunks, { objectMode: false }));
    const inputs: Record<string, ManifestInput> = {
      text,
      "a stream of Node": Readable.from(single, { objectMode: false }),
      "a stream of the web": web(single) as ReadableStream<Uint8Array>,
      "lines in an array": lines,
      "lines of a stream in object mode": Readable.from(lines),
      "lines with their breaks": lines.map((line) => `${line}\n`),
      entries: expected.map(({ entry }) => entry),
    };
    for (const [name, input] of Object.entries(inputs)) expect(await read(input), name).toEqual(expected);
  });

  it("completes paths by root and keys by prefix", async () => {
    const [first] = await read('{"source":"x/../y","key":"k"}', { root: "/data", prefix: "to/" });
    expect(first?.entry).toEqual({ source: "/data/y", key: "to/k" });
  });

  it("refuses what is no manifest, and a wrong option", async () => {
    await expect(read(7 as never)).rejects.toThrow(/^manifest: must be a text, a stream/);
    await expect(read(ONE, { onBadLine: "warn" as never })).rejects.toThrow(/^onBadLine: must be/);
    await expect(read(Readable.from([1], { objectMode: false }) as never)).rejects.toThrow();
  });

  it("skips bad lines with their numbers, as it is told to", async () => {
    const skipped: ManifestError[] = [];
    const text = `{"source":\n${ONE}\n[]\n\n{"key":"x"}\n${ONE}`;
    const entries = await read(text, { onBadLine: "skip", onSkipped: (error) => skipped.push(error) });
    expect(entries.map(({ line }) => line)).toEqual([2, 6]);
    expect(skipped.map(({ line, code }) => [line, code])).toEqual([
      [1, "not-json"],
      [3, "not-an-object"],
      [5, "missing-field"],
    ]);
  });

  it("fails with the number of the first bad line, after the entries before it", async () => {
    const seen: number[] = [];
    const run = async () => {
      for await (const { line } of readManifest(`${ONE}\nnot json, token=abc\n${ONE}`)) seen.push(line);
    };
    // The line itself is not quoted: it may hold a signature.
    await expect(run()).rejects.toThrow(/^manifest line 2: is not JSON: one object per line is expected$/);
    expect(seen).toEqual([1]);
  });

  it("drops a line longer than 64 KiB without holding it, and goes on after it", async () => {
    const pad = (bytes: number) => ONE.padEnd(bytes, " ");
    const long = [pad(65_536), pad(65_537), ONE].join("\n");
    const skipped: ManifestError[] = [];
    for (const chunk of [1000, 65_537, 1_000_000]) {
      skipped.length = 0;
      const chunks = long.match(new RegExp(`[^]{1,${chunk}}`, "g")) ?? [];
      const entries = await read(Readable.from(chunks, { objectMode: false }), {
        onBadLine: "skip",
        onSkipped: (error) => skipped.push(error),
      });
      expect(entries.map(({ line }) => line)).toEqual([1, 3]);
      expect(skipped.map(({ line, code }) => [line, code])).toEqual([[2, "line-too-long"]]);
    }
  });

  it("refuses bytes that are not UTF-8", async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${ONE}\n{"source":"/`),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    await expect(read(Readable.from([bytes], { objectMode: false }))).rejects.toMatchObject({
      line: 2,
      code: "not-utf8",
    });
  });
});
