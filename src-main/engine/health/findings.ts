import type { HealthFinding, ImageHealth } from '../../../src-shared/domain/health.ts';
import type { ReferenceNode } from '../inventory/inventory.ts';

/** Collects what a check finds of one image. */
export class Findings {
  readonly #findings: HealthFinding[] = [];
  readonly #proven: string[] = [];
  readonly #unproven: string[] = [];
  #omitted = 0;

  damaged(file: string | null, detail: string): void {
    this.#add({ severity: 'damaged', file, detail });
  }

  warning(file: string | null, detail: string): void {
    this.#add({ severity: 'warning', file, detail });
  }

  proven(what: string): void {
    this.#proven.push(what);
  }

  unproven(what: string): void {
    this.#unproven.push(what);
  }

  finish(reference: ReferenceNode): ImageHealth {
    const isDamaged = this.#findings.some(({ severity }) => severity === 'damaged');
    const more: HealthFinding[] =
      this.#omitted === 0
        ? []
        : [{ severity: 'damaged', file: null, detail: `${this.#omitted} more of the same kind.` }];
    return {
      reference: reference.row.reference,
      manifestDigest: reference.manifest.digest,
      status: isDamaged ? 'damaged' : this.#findings.length > 0 ? 'warning' : 'healthy',
      findings: [...this.#findings, ...more],
      proven: this.#proven,
      unproven: this.#unproven,
    };
  }

  #add(finding: HealthFinding): void {
    if (this.#findings.length < MOST_FINDINGS) this.#findings.push(finding);
    else this.#omitted += 1;
  }
}

/** A layer full of damage tells no more than its first pieces. */
const MOST_FINDINGS = 100;
