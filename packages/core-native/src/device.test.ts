import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { cudaInfo, resolveDevice } from './device.js';
import { findCuda } from './find_cuda.js';
import { NearestIndex } from './nearest.js';
import { runProcess } from './testing/program.js';

const prebuilt = join(dirname(dirname(fileURLToPath(import.meta.url))), 'prebuilt');
const bank = { data: Float32Array.from([0, 0, 3, 4, 6, 8]), rows: 3, cols: 2 };

describe('devices', () => {
  it('are described: usable, or with a reason and a remedy', async () => {
    const info = await cudaInfo();
    if (info.state === 'usable') {
      expect(info.name).toBeTruthy();
      expect(info.totalBytes).toBeGreaterThan(0);
    } else {
      expect(info.reason).not.toBe('');
      expect(info.remedy).toBeTruthy();
    }
    expect(await cudaInfo()).toBe(info);
  });

  it('are taken automatically, and only a missing one that was asked for is an error', async () => {
    const { state, reason } = await cudaInfo();
    const index = await NearestIndex.build(bank, { device: 'auto' });
    expect(index.device).toBe(state === 'usable' ? 'cuda' : 'cpu');
    if (state === 'usable') return;
    await expect(NearestIndex.build(bank, { device: 'cuda' })).rejects.toMatchObject({
      code: 'E_DEVICE',
      message: `The device cuda was asked for, but ${reason}.`,
    });
  });

  it('have three names', async () => {
    await expect(resolveDevice('gpu' as 'cuda')).rejects.toMatchObject({
      code: 'E_ARGUMENT',
      message: "device is 'gpu'; expected 'auto', 'cpu' or 'cuda'.",
    });
    expect(await resolveDevice('cpu')).toBe('cpu');
  });

  it('take a budget of memory', async () => {
    await expect(NearestIndex.build(bank, { deviceMemory: 0.5 })).rejects.toMatchObject({
      code: 'E_ARGUMENT',
    });
  });
});

describe('a CUDA library that is missing', () => {
  it('is named, with the package that has it, and silent on auto', async () => {
    const { code, stdout, stderr } = await runProcess(
      async ({ core }) => {
        const bank = { data: Float32Array.from([0, 0, 3, 4]), rows: 2, cols: 2 };
        const { device } = await core.NearestIndex.build(bank);
        const error = await core.NearestIndex.build(bank, { device: 'cuda' }).catch((e) => e);
        return { device, code: error.code, message: error.message, hint: error.hint };
      },
      { env: { AD_CUDA_LIBRARY: '/no/such/ad_cuda.so' } },
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ device: 'cpu', code: 'E_DEVICE' });
    expect(told.message).toContain('/no/such/ad_cuda_probe could not be started: No such file or directory');
    expect(told.hint).toContain('@ad/core-native-linux-x64-cuda');
  });
});

// Where nvcc was found when the addon was built.
describe.runIf(existsSync(join(prebuilt, 'ad_cuda.so')))('the built CUDA library', () => {
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: 'utf8' });

  it('is found, with its probe beside it', () => {
    expect(findCuda()).toEqual({
      library: join(prebuilt, 'ad_cuda.so'),
      probe: join(prebuilt, 'ad_cuda_probe'),
    });
  });

  it('needs no CUDA library to load, and neither does the addon', () => {
    for (const file of ['ad_cuda.so', 'ad_core.node', 'ad_cuda_probe']) {
      expect(run('ldd', join(prebuilt, file))).not.toMatch(/cuda|nvidia|cublas|stdc\+\+/i);
    }
  });

  it('exports one symbol', () => {
    const symbols = run('nm', '-D', '--defined-only', join(prebuilt, 'ad_cuda.so'));
    expect(
      symbols
        .trim()
        .split('\n')
        .map((line) => line.split(' ').at(-1)),
    ).toEqual(['ad_backend_cuda']);
  });
});
