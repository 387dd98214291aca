import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from './parts.js';
import { run } from './program.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packages = join(root, 'packages');
const folder = await temporaryFolder();

async function succeed(command: string, args: string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, { cwd });
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

/** Packs a workspace package as publishing would; returns the tarball and what is in it. */
async function pack(name: string) {
  const into = join(folder, name);
  await mkdir(into, { recursive: true });
  await succeed(
    join(root, 'node_modules/.bin/pnpm'),
    ['pack', '--pack-destination', into],
    join(packages, name),
  );
  const tarball = join(into, (await readdir(into)).find((file) => file.endsWith('.tgz'))!);
  const files = (await succeed('tar', ['-tzf', tarball], folder)).trim().split('\n');
  return { tarball, files: files.map((file) => file.replace(/^package\//, '')) };
}

const platform = 'core-native/npm/linux-x64-gnu';

describe.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'installed from packed files alone',
  () => {
    const project = join(folder, 'project');

    beforeAll(async () => {
      await succeed(process.execPath, ['scripts/collect.mjs'], join(packages, 'core-native'));
      const tarballs = await Promise.all([pack('core-native'), pack(platform), pack('metrics')]);
      await mkdir(project);
      await writeFile(join(project, 'package.json'), '{ "private": true }');
      const names = tarballs.map(({ tarball }) => tarball);
      await succeed('npm', ['install', '--offline', '--no-audit', '--no-fund', ...names], project);
    });

    test('the addon of the platform package loads and computes', async () => {
      await writeFile(
        join(project, 'try.mjs'),
        `import { NearestIndex, cpuInfo } from '@ad/core-native';
      const bank = { data: Float32Array.of(0, 0, 3, 4), rows: 2, cols: 2 };
      const index = await NearestIndex.build(bank);
      const { indices, distances } = await index.search({ data: Float32Array.of(3, 3), rows: 1, cols: 2 }, 1);
      console.log(cpuInfo().level, indices[0], distances[0]);`,
      );
      const said = await succeed(process.execPath, ['try.mjs'], project);
      expect(said).toMatch(/^\w+ 1 1\n$/);
    });

    test('without the platform package the failure says what to do', async () => {
      const bare = join(folder, 'bare');
      await mkdir(bare);
      await writeFile(join(bare, 'package.json'), '{ "private": true }');
      const { tarball } = await pack('core-native');
      await succeed(
        'npm',
        ['install', '--offline', '--omit=optional', '--no-audit', '--no-fund', tarball],
        bare,
      );
      await writeFile(
        join(bare, 'try.mjs'),
        `import { cpuInfo } from '@ad/core-native';\ntry { cpuInfo(); } catch (error) { console.log(error.code, error.hint); }`,
      );
      const said = await succeed(process.execPath, ['try.mjs'], bare);
      expect(said).toMatch(/^E_NATIVE_LOAD Possible solutions:/);
      expect(said).toContain('add @ad/core-native-linux-x64-gnu');
    });
  },
);

describe('packed files', () => {
  test.each(['metrics', 'core-native', 'models', 'cli', 'backbone-mobilenetv2'])(
    '%s: what runs, and no tests',
    async (name) => {
      const { files } = await pack(name);
      expect(files).toContain('package.json');
      expect(files.some((file) => file.startsWith('dist/') && file.endsWith('.d.ts'))).toBe(true);
      expect(files.filter((file) => /\.test\.|testing\/|goldens|^src\//.test(file))).toEqual([]);
    },
  );

  test('the backbone goes with its package, but not what it was made with', async () => {
    const { files } = await pack('backbone-mobilenetv2');
    expect(files).toContain('assets/mobilenetv2.onnx');
    expect(files.filter((file) => file.startsWith('dist/build'))).toEqual([]);
  });
});
