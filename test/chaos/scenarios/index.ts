import { appends } from "./appends.ts";
import { copies } from "./copies.ts";
import { shortLived, skewed } from "./credentials.ts";
import { folders } from "./folders.ts";
import { mutations } from "./mutations.ts";
import { adoption, besideForeign, skips } from "./neighbours.ts";
import { resumes } from "./resumes.ts";
import type { Scenario } from "./scenario.ts";
import { secondAppender, secondWriter } from "./second-writer.ts";
import { differentKeys, oneKey } from "./side-by-side.ts";
import { brokenStreams, filesInParts, smallPuts, streams } from "./single-uploads.ts";

/** Every scenario. One that is listed twice runs twice as often. */
export const SCENARIOS: readonly (readonly [string, Scenario])[] = [
  ["small puts", smallPuts],
  ["files in parts", filesInParts],
  ["files in parts", filesInParts],
  ["streams", streams],
  ["broken streams", brokenStreams],
  ["resumes", resumes],
  ["resumes", resumes],
  ["resumes", resumes],
  ["appends", appends],
  ["appends", appends],
  ["copies", copies],
  ["folders", folders],
  ["different keys", differentKeys],
  ["one key", oneKey],
  ["one key", oneKey],
  ["short-lived credentials", shortLived],
  ["skewed clock", skewed],
  ["mutations", mutations],
  ["mutations", mutations],
  ["beside foreign uploads", besideForeign],
  ["adoption", adoption],
  ["skips", skips],
  ["second writer", secondWriter],
  ["second writer", secondWriter],
  ["second appender", secondAppender],
];
