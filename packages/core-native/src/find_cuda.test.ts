import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { findCuda } from './find_cuda.js';

const folder = mkdtempSync(join(tmpdir(), 'ad-find-cuda-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder with the CUDA package installed, its library in it or not. */
function project(name: string, files: string[]): { root: string; installed: string } {
  const root = join(folder, name);
  const installed = join(root, 'node_modules', '@ad', 'core-native-linux-x64-cuda');
  mkdirSync(installed, { recursive: true });
  for (const file of ['package.json', ...files]) writeFileSync(join(installed, file), '{}');
  return { root, installed };
}

describe('the CUDA library', () => {
  const whole = project('whole', ['ad_cuda.so', 'ad_cuda_probe']);
  const found = {
    library: join(whole.installed, 'ad_cuda.so'),
    probe: join(whole.installed, 'ad_cuda_probe'),
  };

  it('is found in the package that is installed beside, with its probe', () => {
    expect(findCuda('/no/such', [whole.root])).toEqual(found);
    expect(findCuda('/no/such', [join(folder, 'elsewhere'), whole.root])).toEqual(found);
  });

  it('is none where the package is missing or has no library', () => {
    const empty = project('empty', []);
    expect(findCuda('/no/such', [empty.root, join(folder, 'elsewhere')])).toEqual({ library: '', probe: '' });
  });

  it('is the local build where there is one, and the one that is named above all', () => {
    expect(findCuda(whole.installed, ['/no/such'])).toEqual(found);
    vi.stubEnv('AD_CUDA_LIBRARY', '/some/where/other.so');
    expect(findCuda(whole.installed, [whole.root])).toEqual({
      library: '/some/where/other.so',
      probe: '/some/where/ad_cuda_probe',
    });
    vi.unstubAllEnvs();
  });
});
