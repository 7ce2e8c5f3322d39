import { expect } from "vitest";
import { type Rig, type TestResponse, textsIn } from "./rig.ts";

export type Status = "Enabled" | "Suspended";

export async function setVersioning(rig: Rig, status: Status): Promise<void> {
  const body = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
  const response = await rig.ask({ method: "PUT", path: "/", query: { versioning: "" }, body });
  expect(response.status).toBe(200);
}

/** Stores a body and returns the id of its version; undefined: the response has none. */
export async function put(rig: Rig, path: string, body: string): Promise<string | undefined> {
  // Tests that read times need versions of different seconds.
  rig.nowMs += 1000;
  const response = await rig.ask({ method: "PUT", path, body });
  expect(response.status).toBe(200);
  return response.headers["x-cos-version-id"];
}

/** Stores a body where versioning is enabled. */
export async function putVersion(rig: Rig, path: string, body: string): Promise<string> {
  const id = await put(rig, path, body);
  expect(id).toMatch(/^[A-Za-z0-9]{27}$/);
  return id ?? "";
}

export const get = (rig: Rig, path: string, versionId?: string): Promise<TestResponse> =>
  rig.ask({ method: "GET", path, ...(versionId !== undefined && { query: { versionId } }) });

export const erase = (rig: Rig, path: string, versionId?: string): Promise<TestResponse> =>
  rig.ask({ method: "DELETE", path, ...(versionId !== undefined && { query: { versionId } }) });

export const listVersions = (rig: Rig, query: Record<string, string> = {}): Promise<TestResponse> =>
  rig.ask({ method: "GET", path: "/", query: { versions: "", ...query } });

/** `key:id` of every listed version and marker, in order; a marker with a minus, the latest of a key with a star. */
export function entriesIn(xml: string): string[] {
  const entries = xml.match(/<(Version|DeleteMarker)>.*?<\/\1>/g) ?? [];
  return entries.map((entry) => {
    const [key = "", id = "", latest = ""] = ["Key", "VersionId", "IsLatest"].map(
      (name) => textsIn(entry, name)[0],
    );
    return `${entry.startsWith("<DeleteMarker>") ? "-" : ""}${key}:${id}${latest === "true" ? "*" : ""}`;
  });
}
