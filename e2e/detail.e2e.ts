import { formatBytes } from '../src-shared/domain/format.ts';
import { msbImageInspect } from '../test-support/oracle.ts';
import { addSandbox } from '../test-support/sandboxes.ts';
import { HANDS } from './fixtures/hand.ts';
import { expect, test } from './fixtures/test.ts';

const PYTHON = 'python:3.12';
const PYTHON_TAG = 'docker.io/library/python:3';
const INSTALL = 'RUN apt-get install -y python3';

for (const hand of HANDS) {
  test.describe(`by ${hand}`, () => {
    test.use({ hand });

    test('opens an image and reads what it is, what it costs and who holds it', async ({ cache, app }) => {
      addSandbox(cache.home, { name: 'agent-7', reference: PYTHON, status: 'Running' });
      addSandbox(cache.home, { name: 'scratch', reference: PYTHON, status: 'Stopped', withRootfs: false });
      await app.open(cache.home);
      await app.images.open(PYTHON);
      const { detail } = app;
      await expect(detail.pane).toContainText('Held by agent-7 (running) and scratch (stopped)');
      await expect(detail.section('Held by')).toContainText('agent-7Running');
      const { handle } = await msbImageInspect(cache.home, PYTHON);
      await expect(detail.section('Sizes')).toContainText(`Download size${formatBytes(handle.sizeBytes)}`);
      await expect(detail.section('Identity')).toContainText('linux/amd64');

      await app.hand.press(
        detail.section('Other tags of this digest').getByRole('button', { name: PYTHON_TAG }),
      );
      await detail.shows(PYTHON_TAG);
      await expect(app.images.row(PYTHON_TAG)).toHaveAttribute('aria-current', 'true');
    });

    test('copies the whole digest', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.open(PYTHON);
      await app.hand.press(app.detail.pane.getByRole('button', { name: /^Copy manifest digest/ }).first());
      await expect(app.page.getByRole('status')).toHaveText('Copied the manifest digest.');
      const copied = await app.page.evaluate(() => navigator.clipboard.readText());
      expect(copied).toBe(cache.image(PYTHON).manifestDigest);
    });

    test('reads the configuration, with what msb leaves out', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.open(PYTHON);
      const { detail } = app;
      await detail.choose('Config');
      await expect(detail.field('Command')).toContainText('python3');
      await expect(detail.field('Stop signal')).toContainText('SIGINT');
      await expect(detail.pair('Environment', 'PYTHON_VERSION')).toHaveText('3.12.4');
      await expect(detail.pair('Environment', 'PATH')).toHaveText('/usr/local/bin:/usr/bin:/bin');
      await expect(detail.pair('Labels', 'org.opencontainers.image.source')).toHaveText(
        'https://github.com/docker-library/python',
      );
      await app.hand.write(
        detail.pane.getByRole('searchbox', { name: 'Filter environment and labels' }),
        'version',
      );
      await expect(detail.pair('Environment', 'PATH')).toBeHidden();
      await expect(detail.pair('Environment', 'PYTHON_VERSION')).toBeVisible();
    });

    test('reads the layers with their commands, and follows one to the image that shares it', async ({
      cache,
      app,
    }) => {
      await app.open(cache.home);
      await app.images.open(PYTHON);
      const { detail } = app;
      await detail.choose('Layers');
      await expect(detail.strata).toHaveCount(2);
      await expect(detail.strata.first()).toContainText('only this image');
      await expect(detail.strata.last()).toContainText('shared with 2 images');

      const install = await detail.unfold('apt-get install -y python3');
      const { layers } = await msbImageInspect(cache.home, PYTHON);
      await expect(install).toContainText(INSTALL);
      await expect(detail.field('Position', install)).toHaveText('1');
      await expect(detail.field('Media type', install)).toHaveText(layers[1]!.mediaType!);
      await expect(detail.field('Compressed', install)).toContainText(
        `${layers[1]!.compressedSizeBytes!.toLocaleString('en-US')} bytes`,
      );
      await app.hand.press(install.getByRole('button', { name: /^Copy diff ID/ }));
      expect(await app.page.evaluate(() => navigator.clipboard.readText())).toBe(layers[1]!.diffId);

      const base = await detail.unfold('debian.sh');
      await app.hand.press(base.getByRole('button', { name: 'ghcr.io/acme/app:1' }));
      await detail.shows('ghcr.io/acme/app:1');
    });

    test('shows the raw documents', async ({ cache, app }) => {
      await app.open(cache.home);
      await app.images.open(PYTHON);
      await app.detail.choose('JSON');
      await expect(app.detail.section('config JSON')).toContainText('"StopSignal": "SIGINT"');
      await app.hand.toggle(app.detail.pane.getByRole('button', { name: 'Manifest', exact: true }));
      await expect(app.detail.section('manifest JSON')).toContainText('"schemaVersion": 2');
    });
  });
}
