import { OptionRangeError } from "../../options/option-errors.ts";
import { wildcards } from "../../request/wildcards.ts";
import type { PolicySubject } from "./policy.ts";

const FORM = "qcs::cos:{region}:uid/{appid}:{bucket}/{key}";

/** Whether a resource of a policy covers what a request addresses. */
export function compileResource(option: string, text: unknown): (subject: PolicySubject) => boolean {
  if (text === "*") return () => true;
  const parts = /^qcs:[^:]*:cos:([^:]*):([^:]*):(.+)$/s.exec(String(text));
  const account = /^(?:(?:uid|uin)\/(\d+|\*))?$/.exec(parts?.[2] ?? "-");
  if (!parts || !account) {
    throw new OptionRangeError(option, `is ${JSON.stringify(text)}; accepted: "*" or ${FORM}`);
  }
  const [, region = ""] = parts;
  const [, appid] = account;
  const pattern = modernForm(parts[3] ?? "");
  const covers = wildcards(pattern);
  return (subject) =>
    ["", "*", subject.region].includes(region) &&
    subject.resources.some((resource) => covers(resource) && ownedBy(appid, resource));
}

/** `prefix//{appid}/{name}/{key}` is the older form of `{name}-{appid}/{key}`. */
function modernForm(path: string): string {
  const older = /^prefix\/\/(\d+)\/([^/]+)(.*)$/s.exec(path);
  if (older) return `${older[2]}-${older[1]}${older[3] || "/"}`;
  // A bucket alone is what bucket operations address.
  return path.includes("/") || path.endsWith("*") ? path : `${path}/`;
}

/** The emulator has no accounts: a bucket belongs to the APPID in its name. */
function ownedBy(appid: string | undefined, resource: string): boolean {
  if (appid === undefined || appid === "*") return true;
  const owner = /^[^/]*-(\d+)\//.exec(resource)?.[1];
  return owner === undefined || owner === appid;
}
