/** Runs a program and answers its exit code. */
type Run = (
  program: string,
  args: readonly string[],
  options?: { readonly quiet?: boolean; readonly timeout?: number },
) => Promise<number>;

export function findRegistry(run: Run): Promise<string | null>;
export function registryOnMachine(): string | null;
