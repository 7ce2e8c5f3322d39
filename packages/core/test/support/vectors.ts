import { readFileSync } from "node:fs";

export interface HeaderVector {
  readonly name: string;
  readonly method: string;
  readonly key: string;
  readonly query: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly secretId: string;
  readonly secretKey: string;
  readonly keyTime: string;
  readonly pathname: string;
  readonly urlPath: string;
  readonly httpString: string;
  readonly authorization: string;
  readonly signEveryHeader?: boolean;
}

export interface PresignedVector {
  readonly params: {
    readonly Key: string;
    readonly Method: "GET" | "PUT";
    readonly Expires?: number;
    readonly Expired?: number;
    readonly Query?: Record<string, string>;
    readonly Params?: Record<string, string>;
    readonly Headers?: Record<string, string>;
    readonly SignHost?: boolean;
  };
  readonly securityToken?: string;
  readonly url: string;
}

interface Vectors {
  readonly vectors: readonly HeaderVector[];
  readonly presigned: {
    readonly "node-3.0.0": readonly PresignedVector[];
    readonly "python-1.9.41": readonly PresignedVector[];
  };
  readonly crc64ecma: readonly {
    readonly utf8?: string;
    readonly ascii?: string;
    readonly repeat?: readonly [text: string, times: number];
    readonly crc64ecma: string;
  }[];
}

const file = new URL("../../../../test/vectors/signature-vectors.json", import.meta.url);

export const vectors: Vectors = JSON.parse(readFileSync(file, "utf8"));
