import { defineConfig } from 'vitest/config';

// Whole programs run here, on machines that may be busy: a limit that only a hanging program meets.
export default defineConfig({ test: { testTimeout: 300_000, hookTimeout: 300_000, fileParallelism: false } });
