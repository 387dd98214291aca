import pc from 'picocolors';

/** Tells a person how far the work is. */
export interface Reporter {
  /** A stage's share, 0..1, of `total` units (images, rows) if it has any. */
  progress(
    stage: string,
    share: number,
    total?: { count: number; unit: string },
    more?: { detail?: string | undefined; secondsLeft?: number | undefined },
  ): void;
  /** A line that stays. */
  note(line: string): void;
  /** A line that wants attention. */
  warn(line: string): void;
  /** Ends the stage that is under way. */
  end(): void;
}

const BAR_WIDTH = 24;
const REDRAW_MS = 80;

/** A bar that is redrawn on a terminal, one line per finished stage elsewhere, nothing but warnings when `quiet`. */
export function createReporter(quiet: boolean, stream: NodeJS.WriteStream = process.stderr): Reporter {
  let stage:
    | {
        name: string;
        start: number;
        share: number;
        total?: { count: number; unit: string } | undefined;
        detail?: string | undefined;
        secondsLeft?: number | undefined;
      }
    | undefined;
  let drawn = 0;
  const bar = !quiet && stream.isTTY;
  const clear = () => bar && stage && stream.write('\r\x1b[K');

  const draw = () => {
    if (!bar || !stage) return;
    drawn = performance.now();
    const filled = Math.round(stage.share * BAR_WIDTH);
    const picture = pc.cyan('█'.repeat(filled)) + pc.dim('░'.repeat(BAR_WIDTH - filled));
    const percent = `${Math.floor(stage.share * 100)}%`.padStart(4);
    stream.write(`\r\x1b[K${stage.name.padEnd(11)} ${picture} ${percent} ${pc.dim(pace(stage))}`);
  };
  const end = () => {
    if (!stage) return;
    clear();
    const took = seconds((performance.now() - stage.start) / 1000);
    const { total } = stage;
    const rate = total ? `, ${total.count} ${total.unit}` : stage.detail ? `, ${stage.detail}` : '';
    if (!quiet) stream.write(`${pc.green('✓')} ${stage.name.padEnd(11)} ${pc.dim(`${took}${rate}`)}\n`);
    stage = undefined;
  };
  const line = (text: string) => {
    clear();
    stream.write(`${text}\n`);
    draw();
  };

  return {
    progress(name, share, total, more) {
      if (stage?.name !== name) {
        end();
        stage = { name, start: performance.now(), share, total };
        draw();
      }
      Object.assign(stage, { share, detail: more?.detail, secondsLeft: more?.secondsLeft });
      if (performance.now() - drawn > REDRAW_MS) draw();
    },
    note: (text) => {
      if (!quiet) line(text);
    },
    warn: (text) => line(`${pc.yellow('note')} ${text}`),
    end,
  };
}

function pace(stage: {
  start: number;
  share: number;
  total?: { count: number; unit: string } | undefined;
  detail?: string | undefined;
  secondsLeft?: number | undefined;
}): string {
  if (stage.detail !== undefined) {
    const left = stage.secondsLeft === undefined ? '' : `  ${seconds(stage.secondsLeft)} left`;
    return stage.detail + left;
  }
  const elapsed = (performance.now() - stage.start) / 1000;
  if (elapsed < 0.5 || stage.share <= 0) return '';
  const left = `${seconds((elapsed * (1 - stage.share)) / stage.share)} left`;
  const { total } = stage;
  if (!total) return left;
  return `${Math.round(stage.share * total.count)}/${total.count}  ${((stage.share * total.count) / elapsed).toFixed(1)} ${total.unit}/s  ${left}`;
}

/** 0.4 s, 12 s, 3 min 05 s. */
export function seconds(value: number): string {
  if (value < 9.95) return `${value.toFixed(1)} s`;
  if (value < 59.5) return `${Math.round(value)} s`;
  const whole = Math.round(value);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}
