import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "node-sqlite3-wasm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { initialise, openDatabase } from "../../src/store/database.ts";
import { DatabaseRecords } from "../../src/store/database-records.ts";
import { START } from "../../src/store/key-order.ts";
import type { ObjectRecord } from "../../src/store/records.ts";

const BUCKET = "demo-1250000000";
const KEYS = 2_500;

let directory: string;
let database: Database;
let records: DatabaseRecords;
/** Rows that each reading of keys was asked for. */
const pages: number[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "cosup-pages-"));
  database = await openDatabase(join(directory, "records.sqlite"), false);
  await initialise(database, async () => {});
  const { prepare } = database;
  database.prepare = (sql: string) => {
    const statement = prepare.call(database, sql);
    if (!sql.includes("AS page")) return statement;
    const { all } = statement;
    statement.all = (values, options) => {
      pages.push(Number((values as readonly unknown[]).at(-1)));
      return all.call(statement, values, options);
    };
    return statement;
  };
  records = new DatabaseRecords(database);
  await records.commit((writes) => {
    writes.bucket({ name: BUCKET, created: 0, acl: { canned: "private", grants: [] } } as never);
    for (let number = 0; number < KEYS; number += 1) {
      const key = String(number).padStart(6, "0");
      writes.history(
        BUCKET,
        key,
        [{ key, size: 0, lastModified: 0, extents: [] } as unknown as ObjectRecord],
        true,
      );
    }
  });
});
afterAll(async () => {
  records.close(true);
  await rm(directory, { recursive: true });
});

test.each([
  [1, [1]],
  // A page of a listing, and the key that tells whether more follow.
  [1_001, [1_001]],
  [Number.POSITIVE_INFINITY, [1_001, 1_001, 1_001]],
])("of %d keys that are wanted, no row is read twice or for nothing", (wanted, expected) => {
  pages.length = 0;
  const keys: string[] = [];
  for (const [key] of records.histories(BUCKET, START, wanted)) if (keys.push(key) === wanted) break;
  expect(keys).toHaveLength(Math.min(wanted, KEYS));
  expect(new Set(keys).size).toBe(keys.length);
  expect(pages).toEqual(expected);
});
