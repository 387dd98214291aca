import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createReporter, seconds } from './progress.js';

/** A stream that remembers what was written; a terminal or not. */
function stream(isTTY: boolean) {
  let text = '';
  const writable = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  return { stream: Object.assign(writable, { isTTY }) as unknown as NodeJS.WriteStream, text: () => text };
}

describe('a reporter', () => {
  test('writes one line per stage where nobody watches', () => {
    const out = stream(false);
    const reporter = createReporter(false, out.stream);
    for (let i = 0; i <= 100; i++) reporter.progress('features', i / 100, { count: 50, unit: 'images' });
    reporter.progress('coreset', 1);
    reporter.end();
    const lines = out.text().trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/features .* s, 50 images/);
    expect(lines[1]).toMatch(/coreset/);
    expect(out.text()).not.toContain('\r');
  });

  test('draws a bar on a terminal, and takes it away at the end', () => {
    const out = stream(true);
    const reporter = createReporter(false, out.stream);
    reporter.progress('features', 0.5);
    expect(out.text()).toMatch(/█{12}.*░{12}.* 50%/s);
    reporter.end();
    expect(out.text().split('\x1b[K').at(-1)).toMatch(/features/);
    expect(out.text().split('\x1b[K').at(-1)).not.toContain('█');
  });

  test('when quiet says nothing but what wants attention', () => {
    const out = stream(false);
    const reporter = createReporter(true, out.stream);
    reporter.progress('features', 1);
    reporter.note('a note');
    reporter.warn('left out: a.png');
    reporter.end();
    expect(out.text()).toMatch(/^\S* ?note\S* left out: a.png\n$/);
  });
});

test.each([
  [0.42, '0.4 s'],
  [9.96, '10 s'],
  [61.2, '1 min 01 s'],
  [119.7, '2 min 00 s'],
])('%d seconds are %s', (value, text) => expect(seconds(value)).toBe(text));
