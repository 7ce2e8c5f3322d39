import { randomUUID } from "node:crypto";
import { type NodeCosClient, ServiceError } from "@cosup/node";
import { listObjects } from "@cosup/node/objects";
import type { Location } from "../location.ts";
import { messageOf } from "../report.ts";
import { type Finding, failedCheck } from "./doctor-finding.ts";

/** Whether the key may list the prefix. An upload can do without. */
export async function listFinding(
  client: NodeCosClient,
  { bucket, key }: Location,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    await listObjects(client, { Bucket: bucket, Prefix: key, MaxKeys: 1, signal });
    return { check: "list", status: "ok", message: `cos://${bucket}/${key} can be listed` };
  } catch (error) {
    signal.throwIfAborted();
    const cosCode = error instanceof ServiceError ? error.cosCode : "";
    if (cosCode === "AccessDenied") {
      const advice =
        "ls, rm -r, check and downloads of folders need cos:GetBucket; an upload of a file does not.";
      return { check: "list", status: "warn", message: messageOf(error), advice };
    }
    return failedCheck("list", error);
  }
}

/** An object that `--write` made, and that must go. */
export interface Probe {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId: string | undefined;
}

/** Whether the key may write below the prefix. */
export async function putProbe(
  client: NodeCosClient,
  { bucket, key }: Location,
  signal: AbortSignal,
): Promise<Finding & { readonly probe?: Probe }> {
  const Key = `${key}cosup-doctor-${randomUUID()}`;
  try {
    const { versionId } = await client.putObject({ Bucket: bucket, Key, Body: "", signal });
    const probe = { Bucket: bucket, Key, VersionId: versionId };
    return { check: "put", status: "ok", message: `wrote cos://${bucket}/${Key}`, probe };
  } catch (error) {
    signal.throwIfAborted();
    return failedCheck("put", error);
  }
}

/** Whether the key may delete. Not interrupted, so that the object does not stay. */
export async function deleteProbe(client: NodeCosClient, probe: Probe): Promise<Finding> {
  try {
    await client.deleteObject(probe);
    return { check: "delete", status: "ok", message: "deleted it" };
  } catch (error) {
    return failedCheck(
      "delete",
      error,
      `The empty object cos://${probe.Bucket}/${probe.Key} is left: delete it.`,
    );
  }
}
