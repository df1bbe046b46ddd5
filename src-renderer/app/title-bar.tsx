import { useIsFetching, useQueryClient } from '@tanstack/react-query';
import { RefreshCw, Sparkles } from 'lucide-react';
import { formatBytes } from '../../src-shared/domain/format.ts';
import { announce, Button, classNames, IconButton, VisuallyHidden } from '../ui/index.ts';
import { useCommand } from './commands.ts';
import { FindField } from './find-field.tsx';
import { HomeChooser } from './home-chooser.tsx';
import { showView } from './navigation.ts';
import { readAgain, useHome } from './queries.ts';
import { isHomeReadOnly } from './read-only.ts';
import styles from './title-bar.module.css';
import { useReclaimable } from './use-reclaimable.ts';

export function TitleBar() {
  const home = useHome();
  const reclaimable = useReclaimable() ?? 0;
  const isReadOnly = isHomeReadOnly(home.data);
  return (
    <header className={classNames(styles.bar, window.strata?.shell.platform === 'darwin' && styles.mac)}>
      <div className={styles.start}>
        <h1>
          <VisuallyHidden>Strata</VisuallyHidden>
        </h1>
        <HomeChooser />
      </div>
      <FindField />
      <div className={styles.end}>
        <RefreshButton />
        {home.data?.status === 'open' && (
          <Button
            variant="primary"
            icon={<Sparkles size={15} />}
            disabled={isReadOnly}
            title={isReadOnly ? 'Nothing can be removed from this cache.' : undefined}
            onClick={() => showView('reclaim')}
          >
            {reclaimable > 0 ? `Reclaim ${formatBytes(reclaimable)}` : 'Reclaim'}
          </Button>
        )}
      </div>
    </header>
  );
}

function RefreshButton() {
  const queries = useQueryClient();
  const isFetching = useIsFetching() > 0;
  const refresh = () => {
    void readAgain(queries).then(() => announce('Read again.'));
  };
  useCommand('refresh', refresh);
  return (
    <IconButton
      label="Read the cache again"
      variant="default"
      className={isFetching ? styles.turning : undefined}
      icon={<RefreshCw size={15} />}
      onClick={refresh}
    />
  );
}
