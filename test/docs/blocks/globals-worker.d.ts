// The bindings of the reader's Worker, as `wrangler types` writes them.
interface Env {
  readonly SECRET_ID: string;
  readonly SECRET_KEY: string;
  readonly BUCKET: R2Bucket;
}
