/** One line of a manifest: an object to store, and where its bytes are. */
export interface ManifestEntry {
  /**
   * An absolute path, an `http://` or `https://` URL (a presigned one as well), or `cos://bucket/key` of the same region. In
   * a manifest file, a path may be relative to `root`.
   */
  readonly source: string;
  /** The object's key. */
  readonly key: string;
  /** Bytes, where the manifest knows them. A source of another size is refused. */
  readonly size?: number | undefined;
  /** Content-Type of the object; default: by the key's extension. */
  readonly contentType?: string | undefined;
  /** Other headers that are stored with the object: `Cache-Control`, `x-cos-meta-…`, `x-cos-storage-class`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}
