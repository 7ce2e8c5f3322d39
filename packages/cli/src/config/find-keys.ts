import { CredentialsError, type Environment, findCredentials, originOfCredentials } from "../credentials.ts";
import type { ChosenProfile } from "./choose-profile.ts";
import type { FoundKeys, KeySource } from "./key-source.ts";
import { keysOfProfile } from "./profile-keys.ts";

/**
 * Finds the keys of a command: those of a profile that a flag named, of the environment, of another profile, of coscli, of
 * coscmd. No keys are asked for yet. What is wrong with them is thrown only when they are needed.
 * @param words the arguments of the command, one of which names the bucket
 */
export async function findKeys(
  env: Environment,
  chosen: ChosenProfile | undefined,
  words: readonly string[],
): Promise<FoundKeys> {
  const profile = chosen?.profile;
  const ofProfile = profile && keysOfProfile(profile, env);
  if (chosen?.byFlag === true && ofProfile !== undefined) return { keys: ofProfile };
  const ofEnvironment = environmentKeys(env);
  if (ofEnvironment !== undefined) return { keys: ofEnvironment };
  if (ofProfile !== undefined) return { keys: ofProfile };
  const foreign = await (await import("./other-programs.ts")).keysOfOtherPrograms(env, bucketOf(words));
  return foreign ?? { keys: otherProfiles(chosen) };
}

/** Why there are no keys, if profiles have some that nobody has asked for. */
function otherProfiles(chosen: ChosenProfile | undefined): KeySource | undefined {
  const { others = [], profile } = chosen ?? {};
  if (others.length === 0) return undefined;
  const none = profile === undefined ? "no profile is named" : `profile '${profile.name}' has none`;
  const problem = new CredentialsError(
    `no credentials: ${none}; choose one with --profile: ${others.join(", ")}; or set COS_SECRET_ID and COS_SECRET_KEY`,
  );
  return { origin: "nothing", problem };
}

function environmentKeys(env: Environment): KeySource | undefined {
  try {
    const pair = findCredentials(env);
    return pair && { origin: originOfCredentials(env), pair };
  } catch (error) {
    if (error instanceof CredentialsError) return { origin: "the environment", problem: error };
    throw error;
  }
}

function bucketOf(words: readonly string[]): string | undefined {
  return words.map((word) => /^cos:\/\/([^/]+)/i.exec(word)?.[1]).find((name) => name !== undefined);
}
