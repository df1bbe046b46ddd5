/** How large a run is. */
export interface Scale {
  readonly images: number;
  readonly isQuick: boolean;
  /** How often each subject is measured, in turn with the others. */
  readonly rounds: number;
}
