import { readFile, rm, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { VOCABULARY } from "../../src/faults/vocabulary.ts";
import { FaultScriptError, loadFaults, type Receipt } from "../../src/index.ts";
import { type Ask, BUCKET, type Rig, startRig } from "../rig.ts";
import { inRun, newRun, see } from "./observe.ts";
import { busy, PUT, rig, useRig } from "./runs-rig.ts";

useRig();

describe("a script for all requests", () => {
  const script = [busy({ times: 1 }), busy({ op: "GetObject" })];

  test("from an array, or from a file", async () => {
    const path = join(rig.data, "faults.json");
    await writeFile(path, JSON.stringify(script));
    expect(await loadFaults(path)).toEqual(script);
    for (const faults of [script, path]) {
      const other = await startRig({ faults });
      expect([(await see(other, PUT)).status, (await see(other, PUT)).status]).toEqual([503, 200]);
      const named = newRun(other, []);
      expect((await see(other, inRun({ method: "GET", path: "/k" }, named))).status).toBe(200);
      expect((await see(other, { method: "GET", path: "/k" })).status).toBe(503);
      other.faults.expectAllFired("default");
      await other.stop();
    }
    await rm(path);
  });

  test("the error for an invalid file names it", async () => {
    const path = join(rig.data, "wrong.json");
    await writeFile(path, "{ not json");
    await expect(loadFaults(path)).rejects.toThrow(`${path}: is not JSON`);
    await writeFile(path, JSON.stringify([busy(), { ...busy(), op: "PutObjekt" }]));
    await expect(loadFaults(path)).rejects.toThrow(
      `${path}: [1].op: is "PutObjekt"; accepted: "*" or one of Abort`,
    );
    await expect(startRig({ faults: path })).rejects.toThrow("PutObjekt");
    await writeFile(path, "{}");
    await expect(loadFaults(path)).rejects.toThrow(`${path}: instructions: must be an array`);
    const missing = join(rig.data, "missing.json");
    await expect(loadFaults(missing)).rejects.toThrow(FaultScriptError);
    await expect(loadFaults(missing)).rejects.toThrow(`${missing}: cannot be read: ENOENT`);
    await rm(path);
  });

  test("the README of the emulator has a valid example of each kind", async () => {
    const text = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    const script = [...text.matchAll(/^(\{"op".*)$/gm)].map((match) => JSON.parse(match[1] ?? ""));
    const kinds = script.map(({ fault }) => (typeof fault === "string" ? fault : fault.kind));
    expect(kinds.sort()).toEqual(Object.keys(VOCABULARY).sort());
    expect(rig.faults.install("readme", script).instructions.length).toBe(script.length);
  });

  test("the examples of the documentation are valid", async () => {
    const text = await readFile(new URL("../../../../docs/faults.md", import.meta.url), "utf8");
    const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => JSON.parse(match[1] ?? ""));
    const rows = [...text.matchAll(/\| `(\{"op".*?\})` +\|/g)].map((match) =>
      JSON.parse((match[1] ?? "").replaceAll("\\|", "|")),
    );
    expect([examples.length, rows.length]).toEqual([expect.any(Number), expect.any(Number)]);
    expect(rows.length).toBeGreaterThan(24);
    for (const example of examples)
      expect(rig.faults.install("documented", example).instructions.length).toBeGreaterThan(0);
    expect(rig.faults.install("documented", rows).instructions.length).toBe(rows.length);
  });
});

describe("/_cosup/faults", () => {
  const call = async (method: string, run: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${rig.port}/_cosup/faults/${run}`, {
      method,
      headers: { "x-cosup-token": rig.controlToken, ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
  };

  test("PUT, GET, DELETE", async () => {
    expect((await call("PUT", "http.run-1", [busy()])).json).toMatchObject({
      run: "http.run-1",
      requests: 0,
    });
    expect((await see(rig, inRun(PUT, "http.run-1"))).status).toBe(503);
    const receipt: Receipt = (await call("GET", "http.run-1")).json;
    expect(receipt).toEqual(rig.faults.receipt("http.run-1"));
    expect(receipt.instructions[0]?.fired).toBe(1);
    expect((await call("DELETE", "http.run-1")).status).toBe(204);
    expect((await call("GET", "http.run-1")).status).toBe(404);
    expect((await call("DELETE", "http.run-1")).status).toBe(404);
  });

  test("the error for an invalid script names the field", async () => {
    const wrong = await call("PUT", "wrong", [busy({ times: 0 })]);
    expect(wrong).toEqual({
      status: 400,
      json: {
        field: "[0].times",
        error: expect.stringMatching(/^\[0\]\.times: is 0; accepted: .*"forever"$/),
      },
    });
    expect((await call("PUT", "wrong", "[")).json.error).toMatch(/^not JSON/);
    expect((await call("PUT", "wrong", `["${"x".repeat(1024 * 1024)}"]`)).status).toBe(413);
    expect((await call("GET", "wrong")).status).toBe(404);
    expect((await call("POST", "wrong")).status).toBe(405);
    expect((await call("PUT", "a%2Fb", [])).status).toBe(404);
    expect((await call("GET", "")).status).toBe(404);
  });

  test("a web page is refused", async () => {
    const seen = await call("PUT", "page", [busy()], { origin: "https://evil.example" });
    expect([seen.status, rig.faults.receipt("page")]).toEqual([403, undefined]);
  });

  test("without the token, or with another, it is refused", async () => {
    for (const token of ["", "x", `${rig.controlToken}x`, rig.controlToken.slice(1)]) {
      const seen = await call("PUT", "token", [busy()], { "x-cosup-token": token });
      expect([seen.status, seen.json.error]).toEqual([403, expect.stringContaining("x-cosup-token")]);
    }
    expect(rig.faults.receipt("token")).toBeUndefined();
    const other = await startRig({ faults: true });
    expect(other.controlToken).not.toBe(rig.controlToken);
    await other.restart({ controlToken: "chosen-by-me" });
    expect(other.controlToken).toBe("chosen-by-me");
    await other.stop();
  });

  const hostSent = (other: Rig, host: string) =>
    other.raw(
      `PUT /_cosup/faults/h HTTP/1.1\r\n${host === "" ? "" : `Host: ${host}\r\n`}Content-Length: 2\r\n` +
        `x-cosup-token: ${other.controlToken}\r\nConnection: close\r\n\r\n[]`,
    );

  test("it is addressed by a name of this machine only", async () => {
    for (const host of [
      "127.0.0.1",
      "127.0.0.1:9000",
      "LOCALHOST:1",
      "cos.localhost",
      "[::1]:9000",
      "[::1]",
    ]) {
      expect(await hostSent(rig, host)).toMatch(/^HTTP\/1\.1 200 /);
    }
    for (const host of [
      "",
      "rebound.example",
      "rebound.example:9000",
      "localhost.example",
      "10.0.0.1",
      "::1.x",
    ]) {
      expect(await hostSent(rig, host)).toMatch(/^HTTP\/1\.1 403 [\s\S]*Host header/);
    }
  });

  test("options add names", async () => {
    const other = await startRig({ faults: true, host: "0.0.0.0", controlHosts: ["cos.test"] });
    for (const host of ["cos.test", "Cos.Test:80", "0.0.0.0:9000"]) {
      expect(await hostSent(other, host)).toMatch(/^HTTP\/1\.1 200 /);
    }
    expect(await hostSent(other, "x.cos.test")).toMatch(/^HTTP\/1\.1 403 /);
    await other.stop();
  });

  test("other machines are refused", async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === "IPv4" && !address.internal);
    const other = await startRig({ faults: true, host: "0.0.0.0" });
    if (outside) {
      const response = await fetch(`http://${outside.address}:${other.port}/_cosup/faults/r`, {
        method: "PUT",
        headers: { "x-cosup-token": other.controlToken },
        body: "[]",
      });
      expect([response.status, await response.json()]).toEqual([403, { error: "only from this machine" }]);
    }
    const response = await fetch(`http://127.0.0.1:${other.port}/_cosup/faults/r`, {
      method: "PUT",
      headers: { "x-cosup-token": other.controlToken },
      body: "[]",
    });
    expect(response.status).toBe(200);
    await other.stop();
  });

  test("on the host of a bucket it is an ordinary key", async () => {
    const path = "/_cosup/faults/mine";
    expect((await rig.ask({ method: "PUT", path, body: "object" })).status).toBe(200);
    expect((await rig.ask({ method: "GET", path })).text).toBe("object");
    expect((await rig.ask({ method: "PUT", path, body: "x", sign: false })).code).toBe("AccessDenied");
    expect(rig.faults.receipt("mine")).toBeUndefined();
    const inPath = `/${BUCKET}${path}`;
    const ask: Ask = { method: "GET", path: inPath, host: `127.0.0.1:${rig.port}` };
    expect((await rig.ask(ask)).text).toBe("object");
  });
});
