import { type ByteColor, Swatch } from '../ui/index.ts';
import styles from './map-legend.module.css';

const COLORS: readonly { readonly color: ByteColor; readonly label: string }[] = [
  { color: 'shared', label: 'Shared' },
  { color: 'own', label: 'Only one image' },
  { color: 'flat', label: 'Flat root disks' },
  { color: 'garbage', label: 'Garbage' },
  { color: 'other', label: 'Other' },
];

/** What the colours of the map mean: the same as everywhere. */
export function MapLegend() {
  return (
    <ul className={styles.legend} aria-label="Colours">
      {COLORS.map(({ color, label }) => (
        <li key={color} className={styles.entry}>
          <Swatch color={color} />
          {label}
        </li>
      ))}
      <li className={styles.hint}>Surface = size on disk</li>
    </ul>
  );
}
