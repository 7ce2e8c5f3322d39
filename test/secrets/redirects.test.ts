import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CosClient, ServiceError } from "@cosup/core";
import { type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CANARY } from "./canaries.ts";

const Bucket = "secrets-1250000000";

/** A foreign server that responds 200 to everything. */
let elsewhere: Server;
const arrived: IncomingHttpHeaders[] = [];
let emulator: RunningEmulator;
let data = "";

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "cosup-redirects-"));
  elsewhere = createServer((request, response) => {
    arrived.push(request.headers);
    request.resume();
    response.writeHead(200, { etag: '"0"', "x-cos-request-id": "elsewhere" }).end();
  });
  await new Promise<void>((resolve) => elsewhere.listen(0, resolve));
  emulator = await startEmulator({ data, buckets: [Bucket], credentials: [CANARY], faults: true });
});
afterAll(async () => {
  await emulator.close();
  await new Promise((resolve) => elsewhere.close(resolve));
  await rm(data, { recursive: true, force: true });
});

const object = { Bucket, Key: "k" };
const UploadId = "none";
const CALLS: Readonly<Record<string, (client: CosClient) => Promise<unknown>>> = {
  PUT: (client) => client.putObject({ ...object, Body: "x" }),
  HEAD: (client) => client.headObject(object),
  GET: (client) => client.getObject(object),
  DELETE: (client) => client.deleteObject(object),
  "POST without a body": (client) => client.createMultipartUpload(object),
  "POST with a body": (client) =>
    client.completeMultipartUpload({
      ...object,
      UploadId,
      MultipartUpload: { Part: [{ PartNumber: 1, ETag: '"0"' }] },
    }),
  "a list": (client) => client.listMultipartUploads({ Bucket }),
};

/** Another port of this host, and a host of another name. */
const HOSTS = ["127.0.0.1", "localhost"];

const cases = [301, 302, 307, 308].flatMap((status) =>
  HOSTS.flatMap((host) => Object.keys(CALLS).map((call) => [status, host, call] as const)),
);

describe("a redirect is a response like any other and is not followed", () => {
  test.each(cases)("%i to %s: %s", async (status, host, call) => {
    const run = `${status}-${host}-${call.replaceAll(" ", "-")}`;
    const { port } = elsewhere.address() as AddressInfo;
    const fault = { kind: "redirect", status, location: `http://${host}:${port}/elsewhere` } as const;
    emulator.faults.install(run, [{ op: "*", when: "before-accept", fault, times: "forever" }]);
    const client = createCos({
      Region: "ap-guangzhou",
      Endpoint: `${emulator.url}/{Bucket}`,
      SecretId: `${CANARY.secretId}@${run}`,
      SecretKey: CANARY.secretKey,
      Token: CANARY.token,
    });
    const error = await CALLS[call]?.(client).catch((failure: unknown) => failure);
    await client.close();
    emulator.faults.expectAllFired(run);
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ code: "unexpected-response", status, retryable: false });
    expect(arrived).toEqual([]);
  });
});

test.each(["PUT", "HEAD", "POST with a body"])("a redirect to another region is a hint: %s", async (call) => {
  const run = `region-${call.replaceAll(" ", "-")}`;
  const location = `https://${Bucket}.cos.ap-beijing.myqcloud.com/k`;
  const fault = { kind: "redirect", status: 301, location } as const;
  emulator.faults.install(run, [{ op: "*", when: "before-accept", fault }]);
  const client = createCos({
    Region: "ap-guangzhou",
    Endpoint: `${emulator.url}/{Bucket}`,
    SecretId: `${CANARY.secretId}@${run}`,
    SecretKey: CANARY.secretKey,
  });
  const error = await CALLS[call]?.(client).catch((failure: unknown) => failure);
  await client.close();
  emulator.faults.expectAllFired(run);
  const hint = "the bucket is in ap-beijing: give that Region instead of ap-guangzhou";
  expect(error).toMatchObject({ name: "ServiceError", status: 301, hint });
});

test("the other server is reachable, so a request to it would have been seen", async () => {
  const { port } = elsewhere.address() as AddressInfo;
  for (const host of HOSTS) await (await fetch(`http://${host}:${port}/`)).arrayBuffer();
  expect(arrived).toHaveLength(2);
});
