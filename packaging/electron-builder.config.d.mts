/** The parts of the configuration that tests look at. */
declare const config: {
  readonly files: readonly string[];
  readonly npmRebuild: boolean;
  readonly asar: boolean;
  readonly electronFuses: Readonly<Record<string, boolean>>;
  readonly protocols: readonly { readonly name: string; readonly schemes: readonly string[] }[];
  readonly linux: {
    readonly executableName: string;
    readonly syncDesktopName: boolean;
    readonly maintainer: string;
    readonly desktop: { readonly entry: Readonly<Record<string, string>> };
  };
};
export default config;
