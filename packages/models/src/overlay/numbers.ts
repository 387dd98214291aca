/** A score in at least `digits` significant digits; as a power of ten where it is very large or small. */
export function formatScore(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (size >= 1e6 || (size < 1e-3 && size > 0)) return typeset(value.toExponential(digits - 1));
  const whole = size === 0 ? 0 : Math.floor(Math.log10(size));
  return typeset(value.toFixed(Math.max(0, digits - 1 - whole)));
}

/** Score and threshold in as many digits as it takes to tell them apart: nobody can read "DEFECT, 2.500 of 2.500". */
export function formatApart(score: number, threshold: number): [string, string] {
  let digits = 4;
  let pair = [formatScore(score), formatScore(threshold)] as [string, string];
  while (pair[0] === pair[1] && score !== threshold && digits < 17) {
    digits++;
    pair = [formatScore(score, digits), formatScore(threshold, digits)];
  }
  return pair;
}

/** Labels of ticks: all with the same number of decimals, the fewest that write each of them exactly. */
export function formatTicks(ticks: readonly number[]): string[] {
  if (ticks.length === 1) return [formatScore(ticks[0]!)];
  const fewest = (write: (tick: number, decimals: number) => string) => {
    let decimals = 0;
    while (decimals < 20 && ticks.some((tick) => Number(write(tick, decimals)) !== tick)) decimals++;
    return decimals;
  };
  const fixed = fewest((tick, decimals) => tick.toFixed(decimals));
  const long = fixed > 4 || ticks.some((tick) => Math.abs(tick) >= 1e6);
  if (!long) return ticks.map((tick) => typeset(tick.toFixed(fixed)));
  const power = fewest((tick, decimals) => tick.toExponential(decimals));
  return ticks.map((tick) => typeset(tick.toExponential(power)));
}

/** A minus sign as wide as a digit instead of a hyphen, and powers without a plus. */
function typeset(text: string): string {
  return text.replace('e+', 'e').replaceAll('-', '−');
}
