interface Bundle {
  readonly name: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}
interface Advisory {
  readonly title: string;
  readonly url: string;
  readonly severity: string;
  readonly vulnerable_versions: string;
}

export function bundledVersions(bundles: readonly Bundle[]): Record<string, string[]>;
export function concerned(
  bundles: readonly Bundle[],
  advisories: Readonly<Record<string, readonly Advisory[]>>,
): string[];
export function isInRange(version: string, range: string): boolean;
