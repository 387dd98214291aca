import { greedyCoreset, type Matrix, sparseProjection } from '@ad/core-native';
import { SeededRandom } from '../../random.js';
import type { FitContext } from '../method.js';

/** Rows that stand for all, and how far any row is from them along the projection. */
export interface Selection {
  indices: Uint32Array;
  radius: number;
}

/** The greedy k-centre coreset, chosen along a sparse random projection if there is one (paper, algorithm 1). */
export async function selectRows(
  patches: Matrix,
  count: number,
  components: number | null,
  context: FitContext,
): Promise<Selection> {
  const { seed, signal, threads, device, timing } = context;
  const options = (stage: string) => ({
    signal,
    threads,
    device,
    onProgress: (share: number) => context.onProgress?.({ stage, share }),
  });
  const points =
    components === null
      ? patches
      : await timing.measure('projection', () =>
          sparseProjection(patches, { components, seed }, options('projection')),
        );
  const start = new SeededRandom(seed).below(patches.rows);
  return timing.measure('coreset', () => greedyCoreset(points, { count, start }, options('coreset')));
}

/** Copies rows, in the order given, into `into` from row `at` on. */
export function gatherInto(into: Matrix, at: number, from: Matrix, indices: Uint32Array): void {
  const { cols } = from;
  indices.forEach((index, i) => {
    into.data.set(from.data.subarray(index * cols, (index + 1) * cols), (at + i) * cols);
  });
}
