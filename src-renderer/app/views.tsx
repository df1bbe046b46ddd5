import {
  FileSearch,
  GitCompareArrows,
  History,
  Image as ImageIcon,
  Layers,
  LayoutDashboard,
  Sparkles,
} from 'lucide-react';
import type { ComponentType } from 'react';
import { formatBytes, formatCount } from '../../src-shared/domain/format.ts';
import type { Usage } from '../../src-shared/domain/usage.ts';
import { ActivityView } from '../activity/activity-view.tsx';
import { CompareView } from '../compare/compare-view.tsx';
import { DiskMapView } from '../disk-map/disk-map-view.tsx';
import { ImagesView } from '../images/images-view.tsx';
import { LayersView } from '../layers/layers-view.tsx';
import { ReclaimView } from '../reclaim/reclaim-view.tsx';
import { SearchView } from '../search/search-view.tsx';
import type { AppCommand } from './commands.ts';
import type { ViewName } from './navigation.ts';

/** What the counts of the sidebar are taken from. */
interface Counted {
  readonly usage: Usage;
  /** Bytes the reclaim view would give back; null when unknown. */
  readonly reclaimable: number | null;
}

/** An entry of the sidebar and what it shows. */
export interface ViewEntry {
  readonly name: ViewName;
  readonly label: string;
  readonly Icon: ComponentType<{ readonly size?: number }>;
  readonly Content: ComponentType;
  /** The menu's command that goes there. */
  readonly command: AppCommand;
  /** What stands at the right of the entry; null for nothing. */
  readonly count: (counted: Counted) => string | null;
}

export const VIEWS: readonly ViewEntry[] = [
  {
    name: 'images',
    label: 'Images',
    Icon: ImageIcon,
    Content: ImagesView,
    command: 'show-images',
    count: ({ usage }) => formatCount(usage.counts.references),
  },
  {
    name: 'layers',
    label: 'Layers',
    Icon: Layers,
    Content: LayersView,
    command: 'show-layers',
    count: ({ usage }) => formatCount(usage.counts.layers),
  },
  {
    name: 'map',
    label: 'Disk map',
    Icon: LayoutDashboard,
    Content: DiskMapView,
    command: 'show-map',
    count: () => null,
  },
  {
    name: 'search',
    label: 'Find a file',
    Icon: FileSearch,
    Content: SearchView,
    command: 'show-search',
    count: () => null,
  },
  {
    name: 'compare',
    label: 'Compare',
    Icon: GitCompareArrows,
    Content: CompareView,
    command: 'show-compare',
    count: () => null,
  },
  {
    name: 'reclaim',
    label: 'Reclaim',
    Icon: Sparkles,
    Content: ReclaimView,
    command: 'show-reclaim',
    count: ({ reclaimable }) => (reclaimable ? formatBytes(reclaimable) : null),
  },
  {
    name: 'activity',
    label: 'Activity',
    Icon: History,
    Content: ActivityView,
    command: 'show-activity',
    count: () => null,
  },
];
