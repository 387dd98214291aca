import { AdError } from '@ad/core-native';
import type { MemoryPlan } from './method.js';

/**
 * A plan that holds so much or fails.
 *
 * @throws AdError E_OUT_OF_MEMORY where that is more than the budget
 */
export function withinBudget(method: string, bytes: number, budget: number, hint: string): MemoryPlan {
  if (bytes <= budget) return { bytes };
  throw new AdError(
    'E_OUT_OF_MEMORY',
    `Fitting ${method} on these images holds ${Math.ceil(bytes / 1e6)} MB beside the backbone; it may hold ${Math.floor(budget / 1e6)} MB.`,
    hint,
  );
}
