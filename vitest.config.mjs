import { defineConfig } from 'vitest/config';

// No test depends on the clock: on a busy machine everything takes longer. Only what hangs meets these limits.
export default defineConfig({ test: { testTimeout: 300_000, hookTimeout: 300_000 } });
