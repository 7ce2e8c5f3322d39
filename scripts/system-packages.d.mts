/** Commands that tests need, and the Debian packages that have them. */
export const SYSTEM_PACKAGES: Readonly<Record<string, string>>;
export function hasCommand(command: string, path?: string): boolean;
export function missingPackages(packages?: Readonly<Record<string, string>>, path?: string): string[];
export function installCommand(missing: readonly string[]): string;
