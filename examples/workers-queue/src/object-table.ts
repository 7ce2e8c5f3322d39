import type { Listed } from "./messages.ts";
import type { Before, MoveStatus, Outcome } from "./move-ledger.ts";

/** Failures that a status names. */
const NAMED = 100;

/** The objects of one move in SQLite. No index: it would double the rows written, which cost more than a rare scan. */
export class ObjectTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS objects(
      key TEXT PRIMARY KEY, size INTEGER, etag TEXT, round INTEGER, state TEXT, crc64 TEXT, error TEXT
    ) WITHOUT ROWID`);
  }

  /**
   * Adds listed objects. In a new round, those that are not in COS, or have changed, begin again.
   * @returns those that are to be moved, in the version that this round moves
   */
  register(objects: readonly Listed[], round: number): Listed[] {
    return objects.flatMap(({ key, size, etag }) => {
      this.#sql.exec(
        `INSERT INTO objects VALUES (?1, ?2, ?3, ?4, 'new', NULL, NULL) ON CONFLICT(key) DO UPDATE
         SET size = ?2, etag = ?3, round = ?4, state = 'new', crc64 = NULL, error = NULL
         WHERE round < ?4 AND NOT (state = 'done' AND etag = ?3)`,
        key,
        size,
        etag,
        round,
      );
      const row = this.#sql.exec("SELECT size, etag, state FROM objects WHERE key = ?", key).one();
      const settled = row.state === "done" || row.state === "failed";
      return settled ? [] : [{ key, size: Number(row.size), etag: String(row.etag) }];
    });
  }

  begin({ key, etag }: { key: string; etag: string }): Before {
    const [row] = this.#sql.exec("SELECT etag, state FROM objects WHERE key = ?", key).toArray();
    if (row === undefined || row.etag !== etag) return "stale";
    if (row.state === "new") this.#sql.exec("UPDATE objects SET state = 'tried' WHERE key = ?", key);
    return row.state as Before;
  }

  /** Records an outcome. What is in COS stays done, whatever a late delivery says. */
  settle({ key, state, crc64, error }: Outcome): void {
    this.#sql.exec(
      "UPDATE objects SET state = ?, crc64 = ?, error = ? WHERE key = ? AND state <> 'done'",
      state,
      crc64 ?? null,
      error ?? null,
      key,
    );
  }

  giveUp(key: string, etag: string): void {
    this.#sql.exec(
      `UPDATE objects SET state = 'failed', error = 'delivered too often without success' || ifnull(': ' || error, '')
       WHERE key = ? AND etag = ? AND state NOT IN ('done', 'failed')`,
      key,
      etag,
    );
  }

  totals(): Pick<MoveStatus, "objects" | "bytes" | "done" | "failed" | "failures"> {
    const rows = this.#sql.exec(
      "SELECT state, COUNT(*) AS n, SUM(size) AS bytes FROM objects GROUP BY state",
    );
    const sums = { objects: 0, bytes: 0, done: 0, failed: 0 };
    for (const { state, n, bytes } of rows) {
      sums.objects += Number(n);
      sums.bytes += Number(bytes);
      if (state === "done" || state === "failed") sums[state] = Number(n);
    }
    const failures = this.#sql
      .exec("SELECT key, error FROM objects WHERE state = 'failed' ORDER BY key LIMIT ?", NAMED)
      .toArray()
      .map(({ key, error }) => ({ key: String(key), error: String(error) }));
    return { ...sums, failures };
  }
}
