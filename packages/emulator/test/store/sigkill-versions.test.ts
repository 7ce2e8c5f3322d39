import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { textsIn } from "../rig.ts";
import { bundleEmulator, type ChildEmulators } from "./child-emulators.ts";

let emulators: ChildEmulators;
beforeAll(async () => {
  emulators = await bundleEmulator();
});
afterAll(() => emulators.stop());

/** What the server has acknowledged. A request that was cut off may have taken effect or not. */
interface Acknowledged {
  /** Bodies by version id; undefined for a delete marker. */
  readonly versions: Map<string, string | undefined>;
  /** Versions whose deletion was asked for; false: without a response. */
  readonly deleted: Map<string, boolean>;
}

const ENABLED = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
const bodyOf = (n: number): string => `${n} `.repeat(20_000);

/** Writes versions and markers, and deletes old versions, until the server is gone. */
async function changeUntilGone(
  url: string,
  from: number,
  state: Acknowledged,
  began: () => void,
): Promise<void> {
  try {
    for (let n = from; ; n++) {
      const marks = n % 5 === 4;
      const request = marks ? { method: "DELETE" } : { method: "PUT", body: bodyOf(n) };
      const { headers } = await fetch(`${url}/key`, request);
      state.versions.set(headers.get("x-cos-version-id") ?? "", marks ? undefined : bodyOf(n));
      began();
      if (n % 3 !== 0) continue;
      const [oldest = ""] = [...state.versions.keys()].filter((id) => !state.deleted.has(id));
      state.deleted.set(oldest, false);
      await fetch(`${url}/key?versionId=${oldest}`, { method: "DELETE" });
      state.deleted.set(oldest, true);
    }
  } catch {
    // The server was killed.
  }
}

async function check(url: string, data: string, { versions, deleted }: Acknowledged): Promise<void> {
  const listed = textsIn(await (await fetch(`${url}?versions`)).text(), "VersionId");
  for (const [id, body] of versions) {
    const fate = deleted.get(id);
    // A deletion without a response may have happened; one with a response has, and the others have not.
    if (fate !== false) expect([id, listed.includes(id)]).toEqual([id, fate === undefined]);
    if (fate !== undefined) continue;
    const response = await fetch(`${url}/key?versionId=${id}`);
    if (body === undefined) expect(response.headers.get("x-cos-delete-marker")).toBe("true");
    else expect((await response.text()) === body).toBe(true);
  }
  // Each listed version that is not a marker has one file, and there is no other.
  const bodies = (await (await fetch(`${url}?versions`)).text()).match(/<Version>/g) ?? [];
  expect(await readdir(join(data, "data"))).toHaveLength(bodies.length);
  const all = await readdir(data, { recursive: true });
  expect(all.filter((name) => name.endsWith(".tmp"))).toEqual([]);
}

test("a kill at any moment loses no acknowledged version, and brings no deleted one back", async () => {
  const data = join(emulators.directory, "killed");
  const state: Acknowledged = { versions: new Map(), deleted: new Map() };
  for (let round = 0; round < 6; round++) {
    const emulator = await emulators.start(data);
    const { url } = emulator;
    await fetch(`${url}?versioning`, { method: "PUT", body: ENABLED });
    let began = (): void => {};
    // The kill comes a varying time after a varying number of acknowledgements.
    const first = new Promise<void>((resolve) => {
      let left = round + 2;
      began = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
    const writing = changeUntilGone(url, round * 10_000, state, began);
    await first;
    await new Promise((resolve) => setTimeout(resolve, round * 23));
    await emulator.kill();
    await writing;
    const again = await emulators.start(data);
    await check(again.url, data, state);
    await again.kill();
  }
  expect(state.versions.size).toBeGreaterThan(6);
  expect([...state.deleted.values()].filter(Boolean).length).toBeGreaterThan(0);
}, 240_000);
