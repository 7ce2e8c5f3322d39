import type { Acl } from "../request/acl.ts";
import type { Encryption } from "../request/encryption.ts";
import type { Tag } from "../request/tagging.ts";

/** A run of an object's bytes: one data file. */
export interface Extent {
  readonly file: string;
  readonly size: number;
}

/** What a client says about an object when it writes it. */
export interface Attributes {
  /** Content-Type and its kin, and x-cos-meta-*, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly acl: Acl;
  readonly tags: readonly Tag[];
  readonly encryption?: Encryption;
}

/** An object, as its manifest keeps it. */
export interface ObjectRecord extends Attributes {
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly crc64: string;
  readonly lastModified: number;
  readonly type: "normal" | "appendable";
  /** The upload this object was completed from: tells recovery that a leftover upload is over. */
  readonly uploadId?: string;
  readonly extents: readonly Extent[];
}

/** An open multipart upload. */
export interface UploadRecord extends Attributes {
  readonly uploadId: string;
  readonly key: string;
  readonly initiated: number;
}

/** A stored part of an open upload. */
export interface PartRecord {
  readonly partNumber: number;
  readonly size: number;
  readonly etag: string;
  readonly crc64: string;
  readonly lastModified: number;
  readonly extent: Extent;
}

export interface BucketRecord {
  readonly name: string;
  readonly created: number;
  readonly acl: Acl;
}
