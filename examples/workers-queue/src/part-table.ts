import type { PartRange, SentPart } from "./large-object-ledger.ts";

/** The parts of one large object in SQLite: which COS has acknowledged, and which delivery sends which range. */
export class PartTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec(`CREATE TABLE IF NOT EXISTS parts(
      number INTEGER PRIMARY KEY, uploadId TEXT, etag TEXT, crc64 TEXT, size INTEGER)`);
    sql.exec(`CREATE TABLE IF NOT EXISTS leases(
      first INTEGER PRIMARY KEY, delivery TEXT, until INTEGER)`);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM parts");
    this.#sql.exec("DELETE FROM leases");
  }

  record({ partNumber, uploadId, etag, crc64, size }: SentPart): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?)",
      partNumber,
      uploadId,
      etag,
      crc64,
      size,
    );
  }

  /** All acknowledged parts in order. */
  all(): SentPart[] {
    const rows = this.#sql.exec("SELECT number, uploadId, etag, crc64, size FROM parts ORDER BY number");
    return rows.toArray().map(({ number, uploadId, etag, crc64, size }) => ({
      partNumber: Number(number),
      uploadId: String(uploadId),
      etag: String(etag),
      crc64: String(crc64),
      size: Number(size),
    }));
  }

  get count(): number {
    return Number(this.#sql.exec("SELECT COUNT(*) AS n FROM parts").one().n);
  }

  /** The first part of the range that COS has not acknowledged. */
  missing({ first, last }: PartRange): number | undefined {
    const rows = this.#sql.exec(
      "SELECT number FROM parts WHERE number BETWEEN ? AND ? ORDER BY number",
      first,
      last,
    );
    let expected = first;
    for (const { number } of rows) {
      if (Number(number) !== expected) break;
      expected += 1;
    }
    return expected > last ? undefined : expected;
  }

  /**
   * Lends the range to a delivery, so that a duplicate does not send the same parts at the same time.
   * @returns milliseconds until another delivery's lease ends; 0: the range is lent to this one
   */
  lease({ first }: PartRange, delivery: string, leaseMs: number): number {
    const [row] = this.#sql.exec("SELECT delivery, until FROM leases WHERE first = ?", first).toArray();
    const now = Date.now();
    if (row !== undefined && row.delivery !== delivery && Number(row.until) > now)
      return Number(row.until) - now;
    this.#sql.exec("INSERT OR REPLACE INTO leases VALUES (?, ?, ?)", first, delivery, now + leaseMs);
    return 0;
  }

  isLent({ first }: PartRange): boolean {
    return (
      this.#sql.exec("SELECT 1 FROM leases WHERE first = ? AND until > ?", first, Date.now()).toArray()
        .length > 0
    );
  }

  /** Ends the lease of a delivery that has failed. */
  endLease({ first }: PartRange, delivery: string): void {
    this.#sql.exec("DELETE FROM leases WHERE first = ? AND delivery = ?", first, delivery);
  }
}
