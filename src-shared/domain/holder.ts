/**
 * Whatever needs an image beside its references. A holder keeps the manifest it names, that manifest's
 * layers and artifacts; one that cannot be read (`isReadable: false`) keeps everything.
 */
export type Holder = SandboxHolder | SnapshotHolder | UnknownTableHolder;

export interface SandboxHolder {
  readonly kind: 'sandbox';
  readonly name: string;
  /** `sandbox.status` verbatim: Created, Starting, Running, Draining, Paused, Stopped, Crashed, or a later word. */
  readonly status: string;
  /** Anything but Created, Stopped and Crashed counts as running, unknown words included. */
  readonly isRunning: boolean;
  /** False when the sandbox's stored configuration is not JSON we can read. */
  readonly isReadable: boolean;
}

export interface SnapshotHolder {
  readonly kind: 'snapshot';
  /** Null for a snapshot that was never named. */
  readonly name: string | null;
  /** The group of msb 0.7 and later; null before. */
  readonly group: string | null;
  /** The snapshot's directory, absolute. Shown to a person, never used to delete. */
  readonly path: string;
  /** False for an artifact on disk that `snapshot_index` does not list. */
  readonly isIndexed: boolean;
  readonly isReadable: boolean;
}

/** Rows of a table we do not know, with a foreign key onto an image table. */
interface UnknownTableHolder {
  readonly kind: 'unknown-table';
  readonly table: string;
}

/** How a holder is named in a sentence: `agent-7 (running)`, `snapshot “warm-node”`. */
export function describeHolder(holder: Holder): string {
  switch (holder.kind) {
    case 'sandbox':
      return holder.isReadable
        ? `${holder.name} (${holder.status.toLowerCase()})`
        : `${holder.name} (${holder.status.toLowerCase()}, configuration unreadable)`;
    case 'snapshot': {
      const name = holder.name ?? holder.path;
      const grouped = holder.group === null ? name : `${holder.group}/${name}`;
      return holder.isReadable ? `snapshot “${grouped}”` : `snapshot “${grouped}” (unreadable)`;
    }
    case 'unknown-table':
      return `rows of the unknown table ${holder.table}`;
  }
}
