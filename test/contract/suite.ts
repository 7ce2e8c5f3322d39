import { cases as abort } from "./abort.contract.ts";
import { cases as abortWaits } from "./abort-waits.contract.ts";
import { cases as access } from "./access.contract.ts";
import { cases as anyRequest } from "./any-request.contract.ts";
import { cases as append } from "./append.contract.ts";
import { cases as badInput } from "./bad-input.contract.ts";
import { cases as bandwidth } from "./bandwidth.contract.ts";
import { cases as bodies } from "./bodies.contract.ts";
import { cases as checkpointPlaces } from "./checkpoint-places.contract.ts";
import { cases as checkpointStores } from "./checkpoint-stores.contract.ts";
import { cases as clockSkew } from "./clock-skew.contract.ts";
import { cases as closing } from "./closing.contract.ts";
import { cases as completion } from "./completion.contract.ts";
import { cases as consumedNodeStreams } from "./consumed-node-streams.contract.ts";
import { cases as consumedWebStreams } from "./consumed-web-streams.contract.ts";
import { cases as contentTypes } from "./content-types.contract.ts";
import type { ContractCase } from "./contract.ts";
import { cases as copy } from "./copy.contract.ts";
import { cases as copyEncryption } from "./copy-encryption.contract.ts";
import { cases as credentials } from "./credentials.contract.ts";
import { cases as deleteObjects } from "./delete-objects.contract.ts";
import { cases as digests } from "./digests.contract.ts";
import { cases as documentDeviations } from "./document-deviations.contract.ts";
import { cases as documentFields } from "./document-fields.contract.ts";
import { cases as documentParameters } from "./document-parameters.contract.ts";
import { cases as downloadFailures } from "./download-failures.contract.ts";
import { cases as downloadFaults } from "./download-faults.contract.ts";
import { cases as downloads } from "./downloads.contract.ts";
import { cases as downloadsObserved } from "./downloads-observed.contract.ts";
import { cases as draining } from "./draining.contract.ts";
import { cases as errors } from "./errors.contract.ts";
import { cases as files } from "./files.contract.ts";
import { cases as givenAgain } from "./given-again.contract.ts";
import { cases as handshakes } from "./handshakes.contract.ts";
import { cases as headers } from "./headers.contract.ts";
import { cases as hooks } from "./hooks.contract.ts";
import { cases as hosts } from "./hosts.contract.ts";
import { cases as keys } from "./keys.contract.ts";
import { cases as listeners } from "./listeners.contract.ts";
import { cases as lists } from "./lists.contract.ts";
import { cases as memory } from "./memory.contract.ts";
import { cases as multipart } from "./multipart.contract.ts";
import { cases as objectLists } from "./object-lists.contract.ts";
import { cases as presignedPosts } from "./presigned-posts.contract.ts";
import { cases as presignedUrls } from "./presigned-urls.contract.ts";
import { cases as pressure } from "./pressure.contract.ts";
import { cases as progress } from "./progress.contract.ts";
import { cases as reading } from "./reading.contract.ts";
import { cases as resume } from "./resume.contract.ts";
import { cases as resumeModes } from "./resume-modes.contract.ts";
import { cases as retry } from "./retry.contract.ts";
import { cases as secrets } from "./secrets.contract.ts";
import { cases as signing } from "./signing.contract.ts";
import { cases as streams } from "./streams.contract.ts";
import { cases as surface } from "./surface.contract.ts";
import { cases as tagging } from "./tagging.contract.ts";
import { cases as uploadOnly } from "./upload-only.contract.ts";
import { cases as uploadStreams } from "./upload-streams.contract.ts";
import { cases as verifiedReads } from "./verified-reads.contract.ts";
import { cases as versions } from "./versions.contract.ts";
import { cases as writeStreams } from "./write-streams.contract.ts";

/** Every contract, in the order in which they run. */
export const suite: readonly ContractCase[] = unique([
  ...surface,
  ...documentParameters,
  ...documentFields,
  ...documentDeviations,
  ...badInput,
  ...signing,
  ...presignedUrls,
  ...anyRequest,
  ...presignedPosts,
  ...credentials,
  ...clockSkew,
  ...keys,
  ...tagging,
  ...headers,
  ...access,
  ...contentTypes,
  ...bodies,
  ...streams,
  ...uploadStreams,
  ...writeStreams,
  ...consumedNodeStreams,
  ...consumedWebStreams,
  ...givenAgain,
  ...pressure,
  ...memory,
  ...files,
  ...digests,
  ...multipart,
  ...lists,
  ...objectLists,
  ...deleteObjects,
  ...versions,
  ...append,
  ...copy,
  ...copyEncryption,
  ...reading,
  ...verifiedReads,
  ...downloads,
  ...downloadFailures,
  ...downloadFaults,
  ...downloadsObserved,
  ...progress,
  ...bandwidth,
  ...abort,
  ...abortWaits,
  ...retry,
  ...hosts,
  ...handshakes,
  ...hooks,
  ...completion,
  ...resume,
  ...resumeModes,
  ...uploadOnly,
  ...checkpointStores,
  ...checkpointPlaces,
  ...errors,
  ...secrets,
  ...draining,
  ...listeners,
  ...closing,
]);

/** The cases whose names contain `only`; all without it. */
export function casesNamed(only: string | undefined): readonly ContractCase[] {
  return only === undefined ? suite : suite.filter(({ name }) => name.includes(only));
}

/** Verdicts are compared by name. */
function unique(cases: readonly ContractCase[]): readonly ContractCase[] {
  const names = new Set<string>();
  for (const { name } of cases) {
    if (names.has(name)) throw new Error(`two contracts are named "${name}"`);
    names.add(name);
  }
  return cases;
}
