import { withinBudget } from '../budget.js';
import type { FitPlan, MemoryPlan } from '../method.js';
import { type ExampleKind, exampleBytes } from './collect.js';

/** What training holds beside its examples, before it is known exactly: see {@link planTraining}. */
export interface TrainingSize {
  /** Bytes of parameters, gradients and the optimiser's tensors. */
  state: number;
  /** Bytes that a step holds per image. */
  perImage: number;
  batch: number;
  kind: ExampleKind;
}

/** Examples that may stay in memory, and the whole. */
export interface TrainingMemory extends MemoryPlan {
  examples: number;
}

/**
 * What training will hold: the network's step, and examples as far as the budget goes; the rest goes to a file.
 *
 * @throws AdError E_OUT_OF_MEMORY where not even a step fits
 */
export function planTraining(
  method: string,
  plan: FitPlan,
  size: TrainingSize,
  budget: number,
): TrainingMemory {
  const perExample = exampleBytes(plan, size.kind);
  const batch = Math.min(size.batch, plan.images);
  const step = size.state + batch * (size.perImage + 2 * perExample);
  withinBudget(
    method,
    step,
    budget,
    'Allow it more with --max-memory, or give a smaller --batch or --image-size.',
  );
  const all = plan.images * perExample;
  const examples = Math.min(all, budget - step);
  const bytes = step + examples;
  if (examples === all) return { bytes, examples };
  const rest = `${Math.ceil((all - examples) / 1e6)} MB of ${Math.ceil(all / 1e6)} MB`;
  return {
    bytes,
    examples,
    note: `${rest} of feature maps go to a temporary file, to stay within the memory.`,
  };
}
