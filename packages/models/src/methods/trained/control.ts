import type { TrainingControl } from '../../training/trainer.js';
import type { FitContext } from '../method.js';

/** How a fit is followed and stopped, as training takes it. */
export function controlOf({ signal, threads, checkpoints, onProgress }: FitContext): TrainingControl {
  return {
    signal,
    threads,
    checkpoints,
    onProgress: ({ share, epoch, loss, secondsLeft }) =>
      onProgress?.({
        stage: 'train',
        share,
        detail: `epoch ${epoch}, loss ${loss.toPrecision(3)}`,
        secondsLeft,
      }),
  };
}
