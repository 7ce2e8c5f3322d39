import { NAMED_UPLOADS, type UnsureUpload } from "./unsure.ts";

/** The uploads in SQLite that may be of one move or of another program. */
export class UnsureTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS unsure(key TEXT, targetKey TEXT, uploadId TEXT)");
  }

  /** Records what the last attempt to move an object has found, in the place of what an earlier one had. */
  replace(key: string, uploads: readonly UnsureUpload[]): void {
    this.#sql.exec("DELETE FROM unsure WHERE key = ?", key);
    for (const upload of uploads)
      this.#sql.exec("INSERT INTO unsure VALUES (?, ?, ?)", key, upload.key, upload.uploadId);
  }

  get count(): number {
    return Number(this.#sql.exec("SELECT COUNT(*) AS n FROM unsure").one().n);
  }

  /** The first hundred. */
  named(): UnsureUpload[] {
    return this.#sql
      .exec("SELECT targetKey, uploadId FROM unsure ORDER BY targetKey, uploadId LIMIT ?", NAMED_UPLOADS)
      .toArray()
      .map(({ targetKey, uploadId }) => ({
        key: String(targetKey),
        uploadId: uploadId === null ? null : String(uploadId),
      }));
  }
}
