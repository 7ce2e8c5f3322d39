interface Component {
  readonly "bom-ref": string;
  readonly purl: string;
  readonly licenses?: readonly { readonly license: { readonly id: string } }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

export function billOfMaterials(
  manifest: {
    readonly name: string;
    readonly version: string;
    readonly license: string;
    readonly dependencies?: Readonly<Record<string, string>>;
  },
  bundled: readonly {
    readonly name: string;
    readonly version: string;
    readonly license: string;
    readonly files: readonly string[];
  }[],
): {
  readonly bomFormat: string;
  readonly specVersion: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly [Component, ...Component[]];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly compositions: readonly {
    readonly assemblies?: readonly string[];
    readonly dependencies?: readonly string[];
  }[];
};
