import { describe, expect, it } from 'vitest';
import { cpuInfo } from './index.js';
import { runProcess } from './testing/program.js';

const { levels: LEVELS, detected } = cpuInfo();

/** Calls whose README says that levels agree to rounding only. */
const FUSED = ['gaussians', 'mahalanobis', 'shrunk'];

function expectClose(found: number[], expected: number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(found[i]! - value)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(value)));
  }
}

it('names the levels of this CPU, plain C++ first', () => {
  expect(LEVELS[0]).toBe('scalar');
  expect(LEVELS.at(-1)).toBe(detected);
});

describe('AD_SIMD_LEVEL', () => {
  it('changes no bit of any answer but what a fused multiply-add rounds', async () => {
    const answers: Record<string, number[]>[] = [];
    for (const level of LEVELS) {
      const { code, stdout, stderr } = await runProcess(
        async ({ core, everyCall }) => ({ used: core.cpuInfo().level, answers: await everyCall(core) }),
        { env: { AD_SIMD_LEVEL: level } },
      );
      expect([code, stderr]).toEqual([0, '']);
      const found = JSON.parse(stdout);
      expect(found.used).toBe(level);
      answers.push(found.answers);
    }
    expect(answers.length).toBeGreaterThan(0);
    const [first, ...others] = answers;
    for (const other of others) {
      for (const [call, answer] of Object.entries(other)) {
        if (!FUSED.includes(call)) expect(answer, call).toEqual(first![call]);
        else expectClose(answer, first![call]!);
      }
    }
  });

  it('is refused where it names no level of this CPU, with those that there are', async () => {
    const { stdout } = await runProcess(
      async ({ core, everyCall }) =>
        everyCall(core).catch((error) => ({ code: error.code, message: error.message, hint: error.hint })),
      { env: { AD_SIMD_LEVEL: 'mmx' } },
    );
    expect(JSON.parse(stdout)).toEqual({
      code: 'E_ARGUMENT',
      message: `AD_SIMD_LEVEL is 'mmx', but this CPU can run: ${LEVELS.join(', ')}.`,
      hint: 'Unset AD_SIMD_LEVEL or set it to one of these.',
    });
  });
});
