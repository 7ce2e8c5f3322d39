import { describe, expect, test } from "vitest";
import type { CosClient } from "../../src/client.ts";
import * as objects from "../../src/objects/index.ts";
import { checkParameters, type Method } from "../../src/params/table.ts";
import * as post from "../../src/post/index.ts";
import * as streams from "../../src/streams/index.ts";
import { caught, thrown } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { METHODS } from "../support/methods.ts";
import { BAD, BAD_HERE, Body, type MethodName, VALID } from "../support/parameter-values.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { scriptedWire } from "../support/wire.ts";

function unsentClient(): { cos: CosClient; sent: readonly unknown[] } {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, []);
  return { cos: clientOf(wire.runtime, clock), sent: wire.sent };
}

async function refusalOf(method: MethodName, parameters: object): Promise<unknown> {
  // Directories belong to the adapters; core checks their parameters with the same table.
  if (method === "uploadDirectory") return thrown(() => checkParameters(methodOf(method), parameters));
  const { cos, sent } = unsentClient();
  const error = await caught(called(callOf(cos, method), parameters));
  expect(sent).toHaveLength(0);
  return error;
}

/** Rejects also where a function throws, as one does that returns no promise, or when it is asked for the first item. */
async function called(call: AnyCall, parameters: object): Promise<unknown> {
  const result = call(parameters);
  return typeof result === "object" && result !== null && "next" in result
    ? (result as AsyncGenerator).next()
    : result;
}

type AnyCall = (parameters: object) => unknown;

/** A method of the client, or a function of a subpath, which takes the client first. */
function callOf(cos: CosClient, name: MethodName): AnyCall {
  const subpaths: Readonly<Record<string, unknown>> = { ...objects, ...post, ...streams };
  const call: unknown = subpaths[name] ?? Reflect.get(cos, name);
  if (typeof call !== "function") throw new Error(`no function ${name}`);
  return name in subpaths ? call.bind(undefined, cos) : call.bind(cos);
}

function methodOf(name: MethodName): Method {
  const method = METHODS.get(name);
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

const methods = Object.keys(VALID) as MethodName[];

test("there is a valid call of every method", () => {
  expect(methods.toSorted()).toEqual([...METHODS.keys()].toSorted());
});

test("there is a bad value for every parameter of every method", () => {
  const names = new Set(methods.flatMap((method) => Object.keys(methodOf(method).parameters)));
  expect([...names].filter((name) => !(name in BAD))).toEqual([]);
});

describe.each(methods)("%s()", (method) => {
  const names = Object.keys(methodOf(method).parameters);

  test.each(names)("refuses wrong values of %s, naming it and the accepted values", async (name) => {
    for (const value of BAD_HERE[method]?.[name] ?? BAD[name] ?? []) {
      const error = await refusalOf(method, { ...VALID[method], [name]: value });
      const label = `${name} = ${String(JSON.stringify(value))}: ${String(error)}`;
      expect(error instanceof TypeError || error instanceof RangeError, label).toBe(true);
      expect((error as Error).message, label).toMatch(new RegExp(`^${name}\\b.*: .{8,}`));
    }
  });

  const table = methodOf(method).parameters;
  const required = names.filter((name) => table[name]?.required);

  test.each(required)("requires %s", async (name) => {
    const error = await refusalOf(method, { ...VALID[method], [name]: undefined });
    expect(error).toMatchObject({ name: "TypeError", parameter: name });
    expect((error as Error).message).toContain(`is required by ${method}`);
  });

  test("refuses an unknown parameter, and lists the known ones", async () => {
    for (const name of ["bucket", "Kye", "constructor", "toString"]) {
      const error = await refusalOf(method, { ...VALID[method], [name]: "x" });
      expect(error).toMatchObject({ name: "TypeError", parameter: name });
      for (const known of names) expect((error as Error).message).toContain(known);
    }
  });

  test.each([undefined, null, "Key", 5])("refuses %s in place of parameters", async (parameters) => {
    const error = await refusalOf(method, parameters as unknown as object);
    expect(error).toMatchObject({ name: "TypeError", parameter: "parameters" });
  });
});

test("uploadFile() takes exactly one of LocalFilePath and Body", async () => {
  for (const parameters of [
    { Bucket, Key },
    { Bucket, Key, Body, LocalFilePath: "a" },
  ]) {
    expect(String(await refusalOf("uploadFile", parameters))).toContain("exactly one of them");
  }
});

test.each(["uploadFile", "putObject"] as const)(
  "%s() refuses a ContentLength that is not the body's",
  async (method) => {
    const error = await refusalOf(method, { Bucket, Key, Body, ContentLength: 8 });
    expect(error).toMatchObject({ name: "RangeError", parameter: "ContentLength" });
    expect((error as Error).message).toContain("7 bytes");
  },
);

test("putObjectFromLocalFile() fails when the runtime has no files", async () => {
  expect(String(await refusalOf("putObjectFromLocalFile", { Bucket, Key, LocalFilePath: "a" }))).toContain(
    "the test runtime has no files",
  );
});
