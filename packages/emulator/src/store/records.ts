import type { CorsConfiguration } from "../cors/configuration.ts";
import type { LifecycleRule } from "../lifecycle/rules.ts";
import type { Acl } from "../request/acl.ts";
import type { Encryption } from "../request/encryption.ts";
import type { Tag } from "../request/tagging.ts";

/** A range of an object's bytes that is stored in one data file. */
export interface Extent {
  readonly file: string;
  readonly size: number;
}

/** The attributes of an object that a client sets. */
export interface Attributes {
  /** Content-Type and the other stored headers, and x-cos-meta-*, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly storageClass: string;
  readonly acl: Acl;
  readonly tags: readonly Tag[];
  readonly encryption?: Encryption;
}

/** The record of an object, or of one of its versions. */
export interface ObjectRecord extends Attributes {
  readonly key: string;
  /** Absent: the null version, written while versioning was not enabled. */
  readonly versionId?: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly crc64: string;
  readonly lastModified: number;
  readonly type: "normal" | "appendable";
  /** The upload that this object was completed from. Recovery deletes that upload if a crash left it behind. */
  readonly uploadId?: string;
  readonly extents: readonly Extent[];
  /** The last restore of an archived object. Times are milliseconds since the epoch. */
  readonly restore?: Restore;
}

export interface Restore {
  readonly tier: string;
  readonly requested: number;
  readonly ready: number;
  readonly expires: number;
}

/** What a deletion leaves in a bucket with versioning. */
export interface DeleteMarker {
  readonly key: string;
  readonly versionId?: string;
  readonly lastModified: number;
  readonly deleteMarker: true;
}

export type Version = ObjectRecord | DeleteMarker;

/** The versioning of a bucket. A bucket where it was never enabled has none. */
export type Versioning = "Enabled" | "Suspended";

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
  readonly cors?: CorsConfiguration;
  readonly versioning?: Versioning;
  readonly lifecycle?: readonly LifecycleRule[];
}
